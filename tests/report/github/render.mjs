// Renders Markdown from standard input about as GitHub does: GFM, raw HTML, then its sanitizer.
import rehypeRaw from "rehype-raw";
import rehypeSanitize from "rehype-sanitize";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const documents = JSON.parse(Buffer.concat(chunks).toString("utf8"));
const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw);
if (process.argv.includes("--sanitize")) processor.use(rehypeSanitize);
processor.use(rehypeStringify);
const rendered = [];
for (const each of documents) rendered.push(String(await processor.process(each)));
process.stdout.write(JSON.stringify(rendered));
