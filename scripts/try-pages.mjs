// What scripts/try-pages does in the browser: node try-pages.mjs BROWSER FOLDER [PICTURES]
import puppeteer from "puppeteer-core";
import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [executablePath, folder, pictures] = process.argv.slice(2);
const browser = await puppeteer.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });

/** A page of the folder, which may neither fail nor ask for anything but itself. */
async function open(name, hash = "") {
  const page = await browser.newPage();
  const address = pathToFileURL(join(folder, `${name}.html`)).href;
  page.on("console", (own) => assert.notEqual(own.type(), "error", `${name}: ${own.text()}`));
  page.on("pageerror", (own) => assert.fail(`${name}: ${own}`));
  page.on("dialog", () => assert.fail(`${name}: a text of the tree ran`));
  page.on("request", (own) => assert.equal(own.url().split("#")[0], address, "asks for something else"));
  await page.setViewport({ width: 1280, height: 1000 });
  await page.goto(address + hash);
  return page;
}

/** What is shown of the findings. */
const shown = (page) => page.$$eval(".finding", (all) => all.filter((own) => !own.hidden).length);

/** All that can be clicked or typed into has a name, and all ids are there once. */
async function named(page, name) {
  const snapshot = await page.accessibility.snapshot({ interestingOnly: true });
  const walk = (own) => {
    if (["button", "link", "checkbox", "combobox", "searchbox"].includes(own.role)) {
      assert.ok(own.name?.trim(), `${name}: a ${own.role} without a name`);
    }
    (own.children ?? []).forEach(walk);
  };
  walk(snapshot);
  const twice = await page.$$eval("[id]", (all) => all.length - new Set(all.map((own) => own.id)).size);
  assert.equal(twice, 0, `${name}: an id stands twice`);
  const dead = await page.$$eval("a[href^='#']", (all) =>
    all.map((own) => own.getAttribute("href").slice(1)).filter((id) => !document.getElementById(id)));
  assert.deepEqual(dead, [], `${name}: links that lead nowhere`);
}

for (const file of readdirSync(folder).filter((own) => own.endsWith(".html")).sort()) {
  const name = file.replace(/\.html$/, "");
  const page = await open(name);
  if (name !== "many") await named(page, name);
  if (pictures) {
    for (const value of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value }]);
      await page.screenshot({ path: join(pictures, `${name}-${value}.png`) });
    }
  }
  await page.close();
}

{
  const page = await open("promote");
  assert.equal(await shown(page), 3);
  await page.type("[name=search]", "badges.json");
  assert.equal(await shown(page), 2, "a search hides what lacks the word");
  await page.click("[type=reset]");
  await page.waitForFunction(() => !document.querySelector(".finding[hidden]"));
  await page.select("[name=rule]", "missing-package");
  assert.equal(await shown(page), 1, "a rule hides the others");
  await page.click("[type=reset]");
  await page.waitForFunction(() => !document.querySelector(".finding[hidden]"));
  await page.click("[name=severity][value=error]");
  assert.equal(await shown(page), 0, "a severity hides its own");
  await page.click("[name=severity][value=error]");
  await page.click(".finding:not([hidden]) a[href^='#rule-']");
  await page.waitForSelector("details[id^='rule-'][open]");
  await page.close();
}

{
  const page = await open("hostile");
  const text = await page.$eval("main", (own) => own.textContent);
  assert.ok(text.includes("<img src=x onerror=alert(1)>"), "a name is shown as it is");
  assert.equal(await page.$("img"), null, "no name is markup");
  await page.close();
}

{
  const page = await open("rollout");
  const width = () => page.$eval(".drawing svg", (own) => own.getBoundingClientRect().width);
  const before = await width();
  await page.click("[data-zoom='1.25']");
  assert.ok((await width()) > before, "the picture grows");
  await page.click("[type=checkbox]");
  await page.close();
}

{
  const page = await open("many");
  assert.equal(await shown(page), 10_000);
  const started = Date.now();
  await page.type("[name=search]", "gone9999");
  console.log(`10,000 findings: a search of eight letters took ${Date.now() - started} ms`);
  const left = await shown(page);
  assert.ok(left >= 1 && left <= 3, `its line, and those beside it: ${left}`);
  await page.close();
}

await browser.close();
console.log("pages: all as promised");
