// Writes a PNG anew with as many colours as a picture of text needs.
import { readFileSync, writeFileSync } from "node:fs";
import UPNG from "upng-js";

const [path] = process.argv.slice(2);
const image = UPNG.decode(readFileSync(path));
const squeezed = UPNG.encode(UPNG.toRGBA8(image), image.width, image.height, 64);
writeFileSync(path, Buffer.from(squeezed));
