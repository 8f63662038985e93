// Turns the Markdown on standard input into HTML as GitHub does: GFM, raw HTML, sanitizer, colours.
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
const rendered = await unified()
  .use(remarkParse)
  .use(remarkGfm)
  .use(remarkRehype, { allowDangerousHtml: true })
  .use(rehypeRaw)
  .use(rehypeSanitize)
  .use(rehypeStarryNight)
  .use(rehypeStringify)
  .process(Buffer.concat(chunks).toString("utf8"));
process.stdout.write(String(rendered));
