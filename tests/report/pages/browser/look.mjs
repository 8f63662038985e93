// Looks at pages as a reader does: `node look.mjs ADDRESS CHROMIUM quick|thorough PAGE…` prints what was seen, as JSON.
// axe takes most of the time: quick asks it once in each width and each light, thorough in both lights of both widths.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";

const [address, executablePath, how, ...pages] = process.argv.slice(2);
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const browser = await chromium.launch({
  executablePath,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const told = [], requests = new Set();

const open = async (options) => {
  const context = await browser.newContext(options);
  context.on("request", (each) => { if (!each.url().startsWith("data:")) requests.add(each.url()); });
  const tab = await context.newPage();
  tab.on("console", (each) => { if (each.type() !== "log") told.push(`${tab.url()}: ${each.text()}`); });
  tab.on("pageerror", (each) => told.push(`${tab.url()}: ${each.message}`));
  return tab;
};

const looked = [];
for (const width of [360, 1440]) {
  for (const colorScheme of ["light", "dark"]) {
    const tab = await open({ viewport: { width, height: 800 }, colorScheme });
    const asked = how === "thorough" || (width === 360) === (colorScheme === "dark");
    for (const page of pages) {
      await tab.goto(address + page);
      await tab.evaluate(() => document.querySelectorAll("details").forEach((each) => { each.open = true; }));
      const seen = await tab.evaluate(() => ({
        wide: document.documentElement.scrollWidth,
        nodes: document.querySelectorAll("*").length,
        paper: getComputedStyle(document.body).backgroundColor,
      }));
      if (asked) await tab.evaluate(axe);
      const found = !asked ? null : await tab.evaluate(async () => (await window.axe.run(document, {
        // It would fetch the styles, and the pages let nobody fetch anything.
        preload: false,
        runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
      })).violations.map((each) => `${each.id}: ${each.nodes.slice(0, 3).map((node) => node.html.slice(0, 160)).join(" | ")}`));
      looked.push({ page, width, colorScheme, ...seen, violations: found });
    }
    await tab.context().close();
  }
}

const tab = await open({ viewport: { width: 1440, height: 900 } });
const first = () => tab.goto(`${address}index.html`);
const here = () => tab.url().slice(address.length);
const focused = () => tab.evaluate(() => document.activeElement.textContent.trim());
const does = {};

await first();
await tab.keyboard.press("Tab");
does.skips = await focused();

await tab.keyboard.press("/");
await tab.waitForFunction(() => document.activeElement.id === "query");
await tab.keyboard.type("verifier country index");
await tab.waitForSelector("#results li");
does.results = await tab.locator("#results li").allTextContents();
does.said = await tab.locator("#told").textContent();
does.active = await tab.locator("#query").getAttribute("aria-activedescendant");
await tab.evaluate(axe);
does.dialog = await tab.evaluate(async () => (await window.axe.run("dialog", { preload: false })).violations.map((each) => each.id));
await tab.keyboard.press("Enter");
await tab.waitForURL(/migrations\//);
does.migration = here();

await tab.keyboard.press("[");
await tab.waitForURL((url) => !url.href.endsWith(does.migration));
does.earlier = here();
await tab.keyboard.press("]");
await tab.waitForURL((url) => url.href.endsWith(does.migration));
await tab.keyboard.press("b");
await tab.waitForURL(/index\.html$/);
does.board = here();

await tab.keyboard.press("j");
await tab.keyboard.press("j");
does.second = await focused();
await tab.keyboard.press("k");
does.first = await focused();
await tab.keyboard.press("Enter");
await tab.waitForURL(/migrations\//);
does.entered = here();

await first();
await tab.locator("#find").click();
await tab.keyboard.type("users");
await tab.waitForSelector("#results li");
does.kinds = await tab.locator("#results li .kind").allTextContents();
await tab.locator("#results li", { has: tab.locator(".kind", { hasText: "table" }) }).first().click();
await tab.waitForURL(/schema\.html#/);
does.table = here();
does.unfolded = await tab.evaluate(() => document.getElementById(location.hash.slice(1)).open);

await first();
await tab.keyboard.press("Control+k");
await tab.keyboard.type("no such thing at all");
await tab.waitForFunction(() => document.getElementById("told").textContent.startsWith("Nothing"));
does.nothing = await tab.locator("#results li").count();
await tab.keyboard.press("Escape");
does.closed = await tab.evaluate(() => !document.getElementById("search").open);

await tab.emulateMedia({ media: "print" });
does.printed = await tab.locator(".bar nav").isVisible();
await browser.close();
console.log(JSON.stringify({ looked, does, told, requests: [...requests] }));
