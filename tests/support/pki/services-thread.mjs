/** The thread behind `startServices`: one HTTP server in front of `openssl ts`, `openssl ocsp` and the CA's files. */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { parentPort, workerData } from "node:worker_threads";
import { ocspAnswer } from "./ocsp-answers.mjs";
import { stampAnswer } from "./stamp-answers.mjs";

const { folder, slowMs } = workerData;
const faults = { tsa: "good", ocsp: "good", crl: "good", issuers: "good" };
const counts = { tsa: 0, ocsp: 0, crl: 0, issuers: 0 };
const TYPES = {
  tsa: "application/timestamp-reply",
  ocsp: "application/ocsp-response",
  crl: "application/pkix-crl",
  issuers: "application/pkix-cert",
};

function serviceOf(path) {
  if (path.startsWith("/tsa")) return "tsa";
  if (path.startsWith("/ocsp")) return "ocsp";
  return path.endsWith(".crl") ? "crl" : "issuers";
}

async function bodyOf(request) {
  const parts = [];
  for await (const part of request) parts.push(part);
  return Buffer.concat(parts);
}

/** RFC 6960 appendix A: a question is the body of a POST or Base64 in the address of a GET. */
async function questionOf(request, path) {
  if (request.method === "POST") return bodyOf(request);
  return Buffer.from(decodeURIComponent(path.slice("/ocsp/".length)), "base64");
}

async function answerOf(service, fault, request, path) {
  if (service === "tsa") return stampAnswer(folder, await bodyOf(request), fault);
  if (service === "ocsp") return ocspAnswer(folder, await questionOf(request, path), fault);
  return readFile(join(folder, path.slice(1)));
}

async function serve(request, response) {
  const path = request.url ?? "/";
  const service = serviceOf(path);
  counts[service] += 1;
  const fault = path.startsWith("/tsa/") ? path.slice("/tsa/".length) : faults[service];
  if (fault === "down") return void request.socket.destroy();
  if (fault === "slow") await wait(slowMs);
  if (fault === "html") {
    response.writeHead(200, { "content-type": "text/html" });
    return void response.end("<html><body>Đăng nhập mạng khách</body></html>");
  }
  const body = await answerOf(service, fault, request, path);
  response.writeHead(200, { "content-type": TYPES[service], "content-length": body.length });
  if (fault !== "cut") return void response.end(body);
  response.write(body.subarray(0, body.length >> 1));
  setTimeout(() => request.socket.destroy(), 20);
}

const server = createServer((request, response) => {
  serve(request, response).catch((error) => {
    // What went wrong belongs into the test's output: an answer of 500 alone would look like a fault that was wanted.
    // Who was tired of waiting for a slow answer has hung up.
    if (error.code !== "ENOENT" && error.code !== "ECONNRESET")
      process.stderr.write(`services: ${error.stack ?? error}\n`);
    if (!response.headersSent) response.writeHead(error.code === "ENOENT" ? 404 : 500);
    response.end();
  });
});
parentPort.on("message", ({ faults: wanted }) => {
  Object.assign(faults, wanted);
  parentPort.postMessage({ ...counts });
});
server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
