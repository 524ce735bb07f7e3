// Starts the Chromium that scripts/test found. Nothing is downloaded.

import { chromium } from 'playwright-core';

// Chromium phones home at every start unless it is told not to.
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export function launch() {
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error('CHROMIUM is not set: run scripts/test browser');
  // As root it refuses to start inside its sandbox.
  const asRoot = process.getuid?.() === 0 ? ['--no-sandbox', '--no-zygote'] : [];
  return chromium.launch({ executablePath, headless: true, args: [...QUIET, ...asRoot] });
}
