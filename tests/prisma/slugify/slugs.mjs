// Names as a JSON array on stdin; as Prisma would write them on stdout.
import slugify from "@sindresorhus/slugify";

let text = "";
for await (const piece of process.stdin) text += piece;
const slugs = JSON.parse(text).map((each) => slugify(each, { separator: "_" }).substring(0, 200));
process.stdout.write(JSON.stringify(slugs));
