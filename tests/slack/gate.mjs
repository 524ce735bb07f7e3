// Where local-slack posts to. It has one address for everything, where Slack has one for each kind:
// the bytes and their signature go on as they came.

import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';

const KEPT = ['content-type', 'x-slack-signature', 'x-slack-request-timestamp'];

// Gives { url, towards(bot), hold(), send(request), answers, stop() }.
export async function openGate() {
  let bot;
  let holder;
  const answers = [];
  const server = createServer((incoming, outgoing) => {
    receive(incoming, outgoing).catch((error) => outgoing.writeHead(502).end(String(error)));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));

  async function receive(incoming, outgoing) {
    const body = await buffer(incoming);
    const headers = Object.fromEntries(KEPT.map((name) => [name, incoming.headers[name]]));
    const request = { path: door(headers, body), headers, body };
    if (holder) {
      holder(request);
      holder = undefined;
      outgoing.end();
      return;
    }
    const answer = await send(request);
    outgoing.writeHead(answer.status).end(answer.body);
  }

  async function send({ path, headers, body }) {
    const began = performance.now();
    const reply = await fetch(bot + path, { method: 'POST', headers, body });
    const answer = { path, status: reply.status, body: await reply.text() };
    answers.push({ ...answer, ms: performance.now() - began });
    return answer;
  }

  return {
    url: `http://127.0.0.1:${server.address().port}`,
    answers,
    send,
    towards: (url) => (bot = url),
    // The next request stays here, and is what this resolves to.
    hold: () => new Promise((resolve) => (holder = resolve)),
    stop: () => new Promise((resolve) => server.close(resolve).closeAllConnections()),
  };
}

function door(headers, body) {
  if (headers['content-type'].startsWith('application/json')) return '/slack/events';
  return body.subarray(0, 8).toString() === 'payload=' ? '/slack/interactions' : '/slack/commands';
}
