// The page stays where it is, and shows what comes.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { serve } from '../attache.mjs';
import { launch } from './chromium.mjs';
import { arrive, say, staysInPlace } from './visit.mjs';

let server;
let browser;
before(async () => {
  server = await serve({}, ['sample']);
  browser = await launch();
});
after(async () => {
  await browser?.close();
  await server?.stop();
});

const narrow = { viewport: { width: 390, height: 700 } };

const heading = (page, name) => page.getByRole('heading', { name }).last();

test('cards taller than the pane scroll in it, and the page keeps its header', async () => {
  for (const settings of [{}, { viewport: { width: 1280, height: 500 } }, narrow]) {
    const page = await arrive(browser, server, 'Ana', settings);
    for (const [words, title] of [['tam', 'Partner TAM'], ['ipp.types', 'Partner types'], ['tam', 'Partner TAM']]) {
      await say(page, `/strategy ${words}`);
      await heading(page, title).waitFor();
    }
    await page.waitForTimeout(100);
    await staysInPlace(page);
    await page.locator('#scroll').evaluate((pane) => (pane.scrollTop = 0));
    await page.mouse.wheel(0, 5_000);
    await staysInPlace(page);
    await page.context().close();
  }
});
