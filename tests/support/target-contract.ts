import { expect, it } from "vitest";
import type { Receipt } from "../../src/domain/document.ts";
import { OperationalError } from "../../src/domain/errors.ts";
import type { Parcel, Target } from "../../src/domain/ports.ts";

export interface TargetUnderTest {
  /** Opens the same empty warehouse again, as another process or a later run would; `day` is its clock. */
  open(day: string): Target;
  /** A signed document whose file holds `content`; the same document whatever the content. */
  parcel(content: string, exports?: Parcel["exports"]): Promise<Parcel>;
  /** What lies under that name beside the document a receipt is for; undefined: nothing. */
  stored(receipt: Receipt, fileName: string): Promise<string | undefined>;
}

const never = new AbortController().signal;
const FIRST = "2026-11-20";
const LATER = "2027-01-01";

/** What every target promises; its test file calls this once, `fresh` gives a new warehouse each time. */
export function targetContract(fresh: () => TargetUnderTest): void {
  it("gives a receipt for the bytes that were signed", async () => {
    const warehouse = fresh();
    const target = warehouse.open(FIRST);
    const given = await warehouse.parcel("ký");
    const receipt = await target.deliver(given, never);
    const { sha256, bytes } = given.document.signed;
    expect(receipt).toMatchObject({ target: target.name, sha256, bytes });
    expect(Number.isNaN(Date.parse(receipt.at))).toBe(false);
  });

  it("gives the same receipt for the same document however often it comes", async () => {
    const warehouse = fresh();
    const first = await warehouse.open(FIRST).deliver(await warehouse.parcel("ký"), never);
    const later = warehouse.open(LATER);
    expect(await later.deliver(await warehouse.parcel("ký"), never)).toEqual(first);
    expect(await later.has(first.key)).toEqual(first);
  });

  it("gives one receipt to two deliveries of one document at the same time", async () => {
    const warehouse = fresh();
    const [one, two] = [warehouse.open(FIRST), warehouse.open(LATER)];
    const [first, second] = await Promise.all([
      one.deliver(await warehouse.parcel("ký"), never),
      two.deliver(await warehouse.parcel("ký"), never),
    ]);
    expect(first).toEqual(second);
  });

  it("keeps what it has when the same paper comes signed once more", async () => {
    const warehouse = fresh();
    const target = warehouse.open(FIRST);
    const first = await target.deliver(await warehouse.parcel("chữ ký đầu"), never);
    expect(await target.deliver(await warehouse.parcel("chữ ký sau"), never)).toEqual(first);
  });

  it("stores every export whole, though it never comes in one piece", async () => {
    const warehouse = fresh();
    const given = await warehouse.parcel("ký", [inPieces("alto.xml", "<a>", "ữ".repeat(70_000), "</a>")]);
    const receipt = await warehouse.open(FIRST).deliver(given, never);
    expect(await warehouse.stored(receipt, "alto.xml")).toBe(`<a>${"ữ".repeat(70_000)}</a>`);
  });

  it("leaves a document it has as it is when exports are asked for later", async () => {
    const warehouse = fresh();
    const first = await warehouse.open(FIRST).deliver(await warehouse.parcel("ký"), never);
    const given = await warehouse.parcel("ký", [inPieces("alto.xml", "<a/>")]);
    expect(await warehouse.open(LATER).deliver(given, never)).toEqual(first);
    expect(await warehouse.stored(first, "alto.xml")).toBeUndefined();
  });

  it("stores nothing of a document whose export breaks off", async () => {
    const warehouse = fresh();
    async function* broken(): AsyncIterable<string> {
      yield "<a>";
      throw new OperationalError("damaged_object");
    }
    const given = await warehouse.parcel("ký", [{ fileName: "alto.xml", write: broken }]);
    await expect(warehouse.open(FIRST).deliver(given, never)).rejects.toMatchObject({
      code: "damaged_object",
    });
    const receipt = await warehouse.open(LATER).deliver(await warehouse.parcel("ký"), never);
    expect(receipt.at.startsWith(LATER)).toBe(true);
    expect(await warehouse.stored(receipt, "alto.xml")).toBeUndefined();
  });

  it("knows nothing of a key it never gave", async () => {
    expect(await fresh().open(FIRST).has("2026/khong-co")).toBeUndefined();
  });

  it("begins nothing once it is told to stop", async () => {
    const warehouse = fresh();
    const target = warehouse.open(FIRST);
    await expect(target.deliver(await warehouse.parcel("ký"), AbortSignal.abort())).rejects.toThrow();
    const receipt = await target.deliver(await warehouse.parcel("ký"), never);
    expect(receipt.at.startsWith(FIRST)).toBe(true);
  });
}

/** An export that a target must not expect to come at once. */
function inPieces(fileName: string, ...parts: readonly string[]): Parcel["exports"][number] {
  return {
    fileName,
    async *write() {
      for (const part of parts) {
        await new Promise(setImmediate);
        yield part;
      }
    },
  };
}
