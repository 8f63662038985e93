// Turns a JSON array of Markdown on standard input into one of HTML, as GitHub does: GFM, raw HTML,
// sanitizer, colours.
import rehypeRaw from "rehype-raw";
import rehypeSanitize from "rehype-sanitize";
import rehypeStarryNight from "rehype-starry-night";
import rehypeStringify from "rehype-stringify";
import remarkGfm from "remark-gfm";
import remarkParse from "remark-parse";
import remarkRehype from "remark-rehype";
import { unified } from "unified";

const chunks = [];
for await (const chunk of process.stdin) chunks.push(chunk);
const processor = unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeStarryNight)
  .use(rehypeStringify)
  .freeze();
const rendered = [];
for (const each of JSON.parse(Buffer.concat(chunks).toString("utf8"))) {
  rendered.push(String(await processor.process(each)));
}
process.stdout.write(JSON.stringify(rendered));
