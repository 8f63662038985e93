// Reads Markdown, a JSON string a line, renders each as GitHub would, by two parsers of its dialect,
// and answers a line for each with what a reader would find: elements, links, headings, text.
import { createInterface } from "node:readline";
import MarkdownIt from "markdown-it";
import footnote from "markdown-it-footnote";
import tasks from "markdown-it-task-lists";
import rehypeParse from "rehype-parse";
import rehypeRaw from "rehype-raw";
import rehypeSanitize from "rehype-sanitize";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

const markdownIt = new MarkdownIt({ html: true, linkify: true }).use(footnote).use(tasks);
markdownIt.linkify.set({ fuzzyLink: false });
const fragments = unified().use(rehypeParse, { fragment: true });
const remark = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .freeze();
const sanitize = unified().use(rehypeSanitize).freeze();

function text(node) {
  return node.type === "text" ? node.value : (node.children ?? []).map(text).join("");
}

function look(tree) {
  const found = {
    elements: {}, links: [], headings: [], comments: [], blocks: [], running: [], summaries: [], last: "",
  };
  walk(tree, found, false);
  const elements = tree.children.filter((each) => each.type === "element");
  found.last = elements.at(-1)?.children?.[0]?.tagName ?? "";
  return found;
}

function walk(node, found, quiet) {
  if (node.type === "comment") found.comments.push(node.value);
  if (node.type === "text" && !quiet) found.running.push(node.value);
  if (node.type === "element") {
    const name = node.tagName;
    found.elements[name] = (found.elements[name] ?? 0) + 1;
    if (node.properties.href !== undefined) found.links.push(String(node.properties.href));
    if (/^h[1-6]$/.test(name)) found.headings.push([name, text(node)]);
    if (name === "summary") found.summaries.push(text(node));
    if (name === "pre") found.blocks.push(text(node));
    quiet ||= name === "pre" || name === "code" || name === "a";
  }
  for (const child of node.children ?? []) walk(child, found, quiet);
}

for await (const line of createInterface({ input: process.stdin })) {
  const body = JSON.parse(line);
  const gfm = await remark.run(remark.parse(body));
  const clean = await sanitize.run(structuredClone(gfm));
  const other = fragments.parse(markdownIt.render(body));
  const answer = { remark: look(gfm), sanitized: look(clean), markdownIt: look(other) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
