// Holds a page to what readers need of it, in a real browser.
//
//     node report.mjs MODULES BROWSER CHECK PAGE.html
//
// MODULES is the folder with the installed packages, BROWSER the program, CHECK one of the functions below. It ends with 0
// when all holds; `figures` prints how long things took, and `pictures FOLDER` saves what the page looks like.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [modules, browserPath, name, file, ...rest] = process.argv.slice(2);
const require = createRequire(`${modules}/`);
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const url = pathToFileURL(file).href;

const DESKTOP = { width: 1280, height: 900 };
const PHONE = { width: 360, height: 740 };

// A page with whatever it says and asks for. The checker is put in from outside, which the page itself forbids.
const open = async (browser, options = {}) => {
  const context = await browser.newContext({ viewport: DESKTOP, reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  const said = [];
  page.on("console", (message) => said.push(message.text()));
  page.on("pageerror", (error) => said.push(String(error)));
  page.on("request", (request) => request.url().startsWith(url) || said.push(`asked for ${request.url()}`));
  page.on("dialog", (dialog) => said.push(`dialog ${dialog.message()}`));
  await page.goto(url);
  return { page, context, said };
};

const shown = (page) => page.locator("#list > li").count();
const count = (page) => page.textContent("#count");
const total = async (page) => Number((await count(page)).match(/of (\d+)/)[1]);
const matching = async (page) => Number((await count(page)).match(/^(\d+)/)[1]);
const values = (page, key) => page.$$eval("#list > li", (rows, key) => rows.map((row) => row.dataset[key]), key);

const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

const violations = async (page) => {
  await page.evaluate(axe);
  const found = await page.evaluate(() => globalThis.axe.run());
  return found.violations.map((rule) => `${rule.id}: ${rule.nodes.map((node) => `${node.target} ${node.failureSummary}`)}`);
};

const checks = {
  // It opens without a word on the console, asks for nothing else, and says what it is.
  async opens(browser) {
    const { page, said } = await open(browser);
    assert.equal(await page.locator("h1").count(), 1);
    assert.match(await page.title(), /account \d{12}/);
    for (const answer of ["What bills", "What is dangerous", "What to type"]) {
      assert.ok(await page.getByRole("heading", { name: answer, exact: true }).isVisible(), answer);
    }
    const policy = await page.getAttribute("meta[http-equiv]", "content");
    assert.ok(policy.startsWith("default-src 'none'") && !/unsafe|https?:/.test(policy), policy);
    assert.deepEqual(said, []);
  },

  // The policy is in force: what a hostile name might bring in does not run.
  async forbids(browser) {
    const { page, said } = await open(browser);
    await page.evaluate(() => {
      const script = document.createElement("script");
      script.textContent = "window.hacked = 1";
      document.body.append(script);
      const image = new Image();
      image.src = "https://192.0.2.1/a.png";
      document.body.append(image);
    });
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    for (const refused of [/inline script violates .* Content Security Policy/, /Loading the image .* has been blocked/]) {
      assert.ok(said.some((line) => refused.test(line)), said.join());
    }
  },

  async filters(browser) {
    const { page, said } = await open(browser);
    const all = await total(page);
    assert.equal(await matching(page), all);
    for (const key of ["severity", "kind", "service", "region", "status"]) {
      const options = await page.$$eval(`[name=${key}] option`, (options) => options.map((option) => option.value));
      let sum = 0;
      for (const value of options.filter(Boolean)) {
        await page.selectOption(`[name=${key}]`, value);
        assert.deepEqual([...new Set(await values(page, key))], [value]);
        sum += await matching(page);
      }
      assert.equal(sum, all, `the choices of ${key} are all there are`);
      await page.selectOption(`[name=${key}]`, "");
    }
    await page.selectOption("[name=severity]", "high");
    await page.fill("[name=q]", "KENDRA bills");
    const found = await page.$$eval("#list > li", (rows) => rows.map((row) => row.textContent.toLowerCase()));
    assert.ok(found.length > 0 && found.every((text) => text.includes("kendra") && text.includes("bills")));
    await page.fill("[name=q]", "no such thing anywhere");
    assert.equal(await shown(page), 0);
    assert.match(await count(page), /^0 of/);
    await page.click("#clear");
    assert.equal(await matching(page), all);
    await page.click('a[data-filter="service"] >> nth=0');
    assert.ok((await matching(page)) < all, "a row of a chart filters");
    assert.equal(await page.getAttribute("#count", "aria-live"), "polite");
    assert.deepEqual(said, []);
  },

  async sorts(browser) {
    const { page } = await open(browser);
    const worst = ["critical", "high", "medium", "low", "info"];
    const places = (await values(page, "severity")).map((value) => worst.indexOf(value));
    assert.deepEqual(places, [...places].sort((a, b) => a - b));
    for (const key of ["usd", "days"]) {
      await page.selectOption("[name=sort]", key);
      const numbers = (await values(page, key)).map((value) => (value === "" ? -1 : Number(value)));
      assert.deepEqual(numbers, [...numbers].sort((a, b) => b - a), key);
      assert.ok(numbers[0] > 0, key);
    }
    for (const key of ["name", "service", "region", "rule"]) {
      await page.selectOption("[name=sort]", key);
      const texts = await values(page, key);
      assert.deepEqual(texts, [...texts].sort(), key);
    }
  },

  // A finding opens to its evidence, cost, command and the note itself, and a link to it opens it, too.
  async explains(browser) {
    const { page, said } = await open(browser);
    await page.selectOption("[name=sort]", "usd");
    const first = page.locator("#list > li").first();
    await first.locator("summary").first().click();
    for (const heading of ["What to type", "What decided", "What it costs", "What it is"]) {
      assert.ok(await first.getByRole("heading", { name: heading, exact: true }).isVisible(), heading);
    }
    assert.match(await first.locator(".costs").innerText(), /price of \S+ as of \S+, from ./);
    const rule = await first.getAttribute("data-rule");
    const note = await page.getAttribute(`#rule-${rule}`, "data-note");
    const body = await page.locator(`[id="${note}"] .prose`).textContent();
    const beside = first.locator(".beside");
    await beside.waitFor();
    assert.ok((await beside.textContent()).includes(body), "the note stands beside it");
    assert.ok((await beside.textContent()).includes("How to fix it"), "so does the rule");
    const [left, right] = [await first.locator(".facts").boundingBox(), await beside.boundingBox()];
    assert.ok(right.x > left.x + left.width - 1, "beside, not below");

    const id = await page.locator("#list > li").last().getAttribute("id");
    await page.fill("[name=q]", "nothing is left");
    await page.evaluate((id) => (location.hash = id), id);
    await page.waitForFunction((id) => document.getElementById(id)?.querySelector("details").open, id);
    assert.equal(await page.evaluate(() => document.activeElement.closest("li").id), id);

    // Every link within the page leads somewhere, and no id is there twice.
    const dangling = await page.$$eval('a[href^="#"]', (links) =>
      links.map((link) => decodeURIComponent(link.hash.slice(1))).filter((id) => !document.getElementById(id)),
    );
    assert.deepEqual([...new Set(dangling)], []);
    const ids = await page.$$eval("[id]", (all) => all.map((one) => one.id));
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual(said, []);
  },

  async copies(browser) {
    const { page, context } = await open(browser);
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.locator(".type .copy").first().click();
    const command = await page.locator(".type code").first().textContent();
    await page.locator(".type .copy").first().filter({ hasText: "Copied" }).waitFor();
    assert.equal(await page.evaluate(() => navigator.clipboard.readText()), command);
    assert.match(command, /^aws /);
    // Where a browser refuses the clipboard, the old way is taken.
    await page.evaluate(() => {
      navigator.clipboard.writeText = () => Promise.reject(new Error("refused"));
      document.execCommand = (what) => ((window.copied = [what, document.activeElement.value]), true);
    });
    await page.locator(".type .copy").nth(1).click();
    await page.locator(".type .copy").nth(1).filter({ hasText: "Copied" }).waitFor();
    const second = await page.locator(".type .commands li").nth(1).locator("code").textContent();
    assert.deepEqual(await page.evaluate(() => window.copied), ["copy", second]);
  },

  // What is printed is all that matches, without what only a screen needs.
  async prints(browser) {
    const { page } = await open(browser);
    const all = await total(page);
    const pdf = await page.pdf({ format: "A4" });
    assert.equal(pdf.subarray(0, 5).toString(), "%PDF-");
    assert.equal(await shown(page), all);
    const pages = pdf.toString("latin1").match(/\/Type\s*\/Page\b/g).length;
    assert.ok(pages >= 3, `${pages} pages`);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    assert.ok(!(await page.isVisible(".filters")) && !(await page.isVisible("#print")));
    assert.ok(await page.isVisible("#list > li >> nth=0"));
    assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), "rgb(255, 255, 255)");
  },

  async themes(browser) {
    const { page, said } = await open(browser, { colorScheme: "dark" });
    const paper = () =>
      page.evaluate(() => getComputedStyle(document.body).backgroundColor.match(/\d+/g).reduce((a, b) => a + Number(b), 0));
    assert.ok((await paper()) < 150, "dark where the system is dark");
    await page.emulateMedia({ colorScheme: "light" });
    assert.ok((await paper()) > 600, "light where it is light");
    await page.click("#theme");
    await page.click("#theme");
    assert.match(await page.textContent("#theme"), /dark/);
    assert.ok((await paper()) < 150, "dark where the reader says so");
    assert.deepEqual(said, []);
  },

  async fits(browser) {
    const { page } = await open(browser, { viewport: PHONE, isMobile: true, hasTouch: true });
    assert.ok((await sideways(page)) <= 0, "nothing to scroll sideways");
    await page.tap("#list > li:first-child summary");
    await page.locator("#list > li:first-child .beside").waitFor();
    for (const details of await page.locator(".score, .gaps details").all()) await details.evaluate((one) => (one.open = true));
    assert.ok((await sideways(page)) <= 0, "nor when things are open");
    const small = await page.$$eval("button, select, input", (all) =>
      all.filter((one) => one.offsetParent && one.getBoundingClientRect().height < 32).map((one) => one.outerHTML),
    );
    assert.deepEqual(small, [], "a thumb can hit every control");
  },

  async accessible(browser) {
    for (const options of [{}, { colorScheme: "dark" }, { viewport: PHONE }]) {
      const { page, context } = await open(browser, options);
      // The checker takes seconds for hundreds of rows that are all alike: it sees all of them only once.
      if (Object.keys(options).length > 0) await page.fill("[name=q]", "high");
      assert.deepEqual(await violations(page), [], JSON.stringify(options));
      for (const details of await page.locator("#list > li:nth-child(-n+6) > details, .score, .gaps details").all()) {
        await details.evaluate((one) => (one.open = true));
      }
      await page.locator("#list > li:first-child .beside").waitFor();
      assert.deepEqual(await violations(page), [], `opened, ${JSON.stringify(options)}`);
      await context.close();
    }
  },

  // Everything can be reached and done with the keyboard, and one sees where one is.
  async keyboard(browser) {
    const { page } = await open(browser);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.name), "q");
    await page.keyboard.type("bucket");
    assert.ok((await matching(page)) < (await total(page)));
    for (let step = 0; step < 20; step += 1) {
      await page.keyboard.press("Tab");
      if (await page.evaluate(() => document.activeElement.matches("#list summary"))) break;
    }
    const style = await page.evaluate(() => {
      const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
      return `${outlineStyle} ${outlineWidth}`;
    });
    assert.equal(style, "solid 3px");
    await page.keyboard.press("Enter");
    await page.locator("#list > li:first-child .beside").waitFor();
  },

  // Without its script the page shows the same: nothing is hidden that only the script would show.
  async scriptless(browser) {
    const { page } = await open(browser, { javaScriptEnabled: false });
    const rows = await shown(page);
    assert.ok(rows > 100, `${rows}`);
    assert.ok(await page.isVisible("#list > li:last-child summary"));
    assert.ok(!(await page.isVisible(".filters")) && !(await page.isVisible(".copy >> nth=0")));
    await page.click("#list > li:first-child summary");
    assert.ok(await page.isVisible("#list > li:first-child .facts pre"));
    const pdf = await page.pdf();
    assert.ok(pdf.length > 10_000);
  },

  // Thousands of findings: each answer comes, and only so many rows are in the document at a time.
  async large(browser) {
    const { page, said } = await open(browser);
    const all = await total(page);
    assert.ok(all > 5000, `${all}`);
    const drawn = await shown(page);
    assert.ok(drawn <= 250, `${drawn}`);
    await page.click("#more");
    assert.ok((await shown(page)) > drawn);
    await page.fill("[name=q]", "volume-4321");
    assert.ok((await shown(page)) < 10);
    // A link to a row far below draws it.
    await page.click("#clear");
    const before = await page.evaluate(() => document.querySelectorAll("#list > li").length);
    assert.equal(before, 250);
    const link = page.locator(".bills .lines a").last();
    await link.click();
    const id = (await link.getAttribute("href")).slice(1);
    await page.waitForFunction((id) => document.getElementById(id)?.querySelector("details").open, id);
    assert.deepEqual(said, []);
  },

  // Names out of an account are text, wherever they stand.
  async hostile(browser) {
    const { page, said } = await open(browser);
    await page.fill("[name=q]", "onerror");
    assert.ok((await matching(page)) > 0);
    await page.click("#list > li:first-child summary");
    await page.click("#open");
    await page.waitForTimeout(100);
    assert.equal(await page.evaluate(() => window.hacked), undefined);
    assert.equal(await page.locator("img, iframe, object, embed, link, [onerror], [onload], [onclick], [style]").count(), 0);
    assert.equal(await page.locator("script").count(), 1);
    const text = await page.textContent("#list > li:first-child summary");
    assert.ok(text.includes("</script><img src=x onerror=window.hacked=1>"), text);
    assert.ok(text.includes("\\u{2028}\\u{202e}"), "marks that turn the writing are shown, not obeyed");
    assert.ok((await sideways(page)) <= 0);
    assert.deepEqual(said, []);
  },

  // How long things take, in milliseconds until the next frame is laid out.
  async figures(browser) {
    const started = performance.now();
    const { page } = await open(browser);
    const took = { findings: await total(page), open: Math.round(performance.now() - started) };
    await page.waitForTimeout(3000);
    const set = (name, value) =>
      page.evaluate(
        ([name, value]) =>
          new Promise((done) => {
            const started = performance.now();
            const field = document.querySelector(`[name=${name}]`);
            field.value = value;
            field.dispatchEvent(new Event("input", { bubbles: true }));
            requestAnimationFrame(() => setTimeout(() => done(Math.round(performance.now() - started))));
          }),
        [name, value],
      );
    took.search = await set("q", "us-east-1");
    took["search for less"] = await set("q", "us-east-1 volume-4321");
    took["search for all"] = await set("q", "");
    took.filter = await set("region", "eu-west-1");
    took["sort by dollars"] = await set("sort", "usd");
    took["sort by name"] = await set("sort", "name");
    console.log(JSON.stringify(took, null, 1));
  },

  async pictures(browser) {
    const [folder] = rest;
    for (const [kind, options] of Object.entries({
      light: {},
      dark: { colorScheme: "dark" },
      phone: { viewport: PHONE, deviceScaleFactor: 2 },
    })) {
      const { page, context } = await open(browser, options);
      const save = (part) => page.screenshot({ path: `${folder}/${kind}-${part}.png` });
      await save("top");
      for (const part of ["charts", "frameworks", "findings"]) {
        await page.evaluate((id) => document.getElementById(id).scrollIntoView(), part);
        await save(part);
      }
      const row = page.locator("#list > li").nth(8);
      await row.locator("summary").first().click();
      await row.evaluate((one) => one.scrollIntoView());
      await save("open");
      await context.close();
    }
  },
};

assert.ok(checks[name], `there is no check ${name}; there are ${Object.keys(checks).join(", ")}`);
const browser = await chromium.launch({ executablePath: browserPath, args: ["--no-sandbox"] });
try {
  await checks[name](browser);
} finally {
  await browser.close();
}
