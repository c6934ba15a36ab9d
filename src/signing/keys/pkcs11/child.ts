import { sealMemory } from "../seal-memory.ts";
import { loadCryptoki } from "./cryptoki.ts";
import { tokenFailure } from "./failures.ts";
import type { PinNeed } from "./log-in.ts";
import { type OpenedToken, openToken } from "./open-token.ts";
import type { TokenAnswer, TokenTask } from "./protocol.ts";
import type { TokenAddress } from "./uri.ts";

// The main of a token's process: a vendor's library may hang or crash here, and a PIN lives and dies here.

let token: OpenedToken | undefined;
let givePin: ((pin: string | undefined) => void) | undefined;

sealMemory();
// Ctrl-C goes to the whole group: the parent decides what is still signed.
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK"] as const)
  process.on(signal, () => undefined);
process.on("disconnect", () => {
  token?.close();
  process.kill(process.pid, "SIGKILL");
});
process.on("message", (task: TokenTask) => void work(task));

async function work(task: TokenTask): Promise<void> {
  try {
    if (task.call === "pin") givePin?.(task.pin);
    else say(await answerTo(task));
  } catch (error) {
    const { code, detail } = tokenFailure(error);
    say({ type: "refused", code, detail });
  }
}

async function answerTo(task: Exclude<TokenTask, { call: "pin" }>): Promise<TokenAnswer> {
  if (task.call === "open") return open(task.address);
  if (task.call === "close") {
    token?.close();
    token = undefined;
    return { type: "closed" };
  }
  if (token === undefined) throw new Error("no token is open");
  return { type: "signed", signature: token.sign(task.message, task.scheme) };
}

async function open(address: TokenAddress): Promise<TokenAnswer> {
  const library = await loadCryptoki(address.module);
  token = await openToken(library, address, ask);
  return { type: "opened", certificate: token.certificate, chain: token.chain };
}

function ask(need: PinNeed): Promise<string | undefined> {
  say({ type: "need", need });
  return new Promise((resolve) => (givePin = resolve));
}

function say(answer: TokenAnswer): void {
  process.send?.(answer);
}
