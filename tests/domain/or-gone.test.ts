import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { setTimeout as pause } from "node:timers/promises";
import { expect, it } from "vitest";
import { orGone } from "../../src/domain/or-gone.ts";

const failure = (): never => {
  throw new Error("gone");
};

it("gives what the work gives, and the failure once the worker is gone, also later", async () => {
  let end = (): void => undefined;
  const gone = new Promise<void>((resolve) => (end = resolve));
  await expect(orGone(gone, Promise.resolve(1), failure)).resolves.toBe(1);
  const waiting = orGone(gone, new Promise(() => undefined), failure);
  end();
  await expect(waiting).rejects.toThrow("gone");
  await expect(orGone(gone, new Promise(() => undefined), failure)).rejects.toThrow("gone");
});

it("holds nothing of a page that has been read while the worker lives on", async () => {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  const gone = new Promise<void>(() => undefined);
  const texts: WeakRef<object>[] = [];
  const read = async (): Promise<object> => {
    const text = { page: texts.length };
    texts.push(new WeakRef(text));
    return text;
  };
  for (let page = 0; page < 20; page++) await orGone(gone, read(), failure);
  await pause(1);
  collect();
  expect(texts.filter((text) => text.deref() !== undefined).length).toBeLessThan(3);
});
