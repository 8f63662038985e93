// Parses the diagrams on standard input, a JSON array, and answers for each "" or what is wrong.
import { JSDOM } from "jsdom";

const page = new JSDOM("<!doctype html><body></body>");
globalThis.window = page.window;
globalThis.document = page.window.document;
const { default: mermaid } = await import("mermaid");
mermaid.initialize({ securityLevel: "strict" });

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const answers = [];
for (const each of JSON.parse(Buffer.concat(chunks).toString("utf8"))) {
  try {
    const { diagramType } = await mermaid.parse(each);
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(each);
    const entities = db.getEntities ? [...db.getEntities().values()] : [];
    answers.push({
      kind: diagramType,
      problem: "",
      tables: entities.map((entity) => [entity.alias || entity.label, entity.attributes.length]),
      references: db.getRelationships ? db.getRelationships().length : 0,
    });
  } catch (error) {
    answers.push({ kind: "", problem: String(error.message), tables: [], references: 0 });
  }
}
process.stdout.write(JSON.stringify(answers));
