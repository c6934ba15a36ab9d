import { describe, expect, it } from "vitest";
import { OperationalError } from "../../src/domain/errors.ts";
import type { Target, TextExport } from "../../src/domain/ports.ts";
import { readingText } from "../../src/domain/reading.ts";
import { newWorld, paper, runWorld, SIGNATURE, type World } from "./world.ts";

function withTestKey(world: World): World["context"] {
  const { context } = world;
  const signer = async () => {
    const real = await context.signer();
    return {
      ...real,
      test: true,
      sign: async (...given: Parameters<typeof real.sign>) =>
        (await real.sign(...given)).map((signature) => ({ ...signature, test: true })),
    };
  };
  // `settings` is a getter, so the context is inherited, not copied.
  return Object.create(context, { signer: { value: signer } }) as World["context"];
}

/** A form that says what it is given, one page a piece, and remembers what every delivery brought. */
function withExport(
  world: World,
  onPage: () => void = () => undefined,
): { context: World["context"]; brought: string[][] } {
  const form: TextExport = {
    name: "alto",
    fileName: "alto.xml",
    async *write(pages, { engines, id, languages, pages: count, producer, sha256 }) {
      yield [producer, id, sha256, count, engines.join("/"), languages.join("/")].join(" ");
      for await (const { number, dpi, ownText, reading } of pages) {
        onPage();
        yield [number, dpi, ownText, readingText(reading)].join(" ");
      }
    },
  };
  const brought: string[][] = [];
  const [real] = world.context.targets;
  if (real === undefined) throw new Error("no target");
  const target: Target = {
    ...real,
    async deliver(parcel, signal) {
      for (const file of parcel.exports) {
        const parts: string[] = [];
        for await (const part of file.write()) parts.push(part);
        brought.push(parts);
      }
      return real.deliver(parcel, signal);
    },
  };
  const own = { exports: { value: [form] }, targets: { value: [target] } };
  return { context: Object.create(world.context, own) as World["context"], brought };
}

describe("signing and delivery", () => {
  it("stops before the signature with --no-sign and goes on from there without reading again", async () => {
    const world = newWorld();
    const reach = { sign: false, deliver: true };
    expect((await runWorld(world, [paper("a")], { reach })).ends["a"]).toBe("unsigned");
    expect(world.delivered.size).toBe(0);
    expect((await runWorld(world, [paper("a")])).ends["a"]).toBe("delivered");
    expect(world.recognised).toHaveLength(1);
  });

  it("stops before the warehouse with --no-deliver", async () => {
    const world = newWorld();
    const { ends } = await runWorld(world, [paper("a")], { reach: { sign: true, deliver: false } });
    expect(ends["a"]).toBe("undelivered");
    expect(world.delivered.size).toBe(0);
  });

  it("holds what a test key signed unless test signatures are allowed", async () => {
    const world = newWorld();
    const context = withTestKey(world);
    expect((await runWorld(world, [paper("a")], { context })).ends["a"]).toBe("held certificate");
    expect(world.delivered.size).toBe(0);
    world.settings = { allowTestSignature: true };
    const given = paper("a");
    expect((await runWorld(world, [given], { context })).ends["a"]).toBe("delivered");
    expect(world.settled.get(given.id)?.outcome).toMatchObject({ signed: true, test: true });
  });

  it("delivers a paper that is signed already as it is", async () => {
    const world = newWorld();
    const given = paper("a.signed");
    await runWorld(world, [given]);
    expect(world.delivered.get(given.id)?.sha256).toBe(given.files[0]?.sha256);
    expect(world.settled.get(given.id)?.facts.signatures).toEqual([SIGNATURE]);
  });

  it("delivers a signed paper even when nothing may be signed", async () => {
    const world = newWorld();
    const { ends } = await runWorld(world, [paper("a.signed")], { reach: { sign: false, deliver: true } });
    expect(ends["a.signed"]).toBe("delivered");
  });

  it("holds a paper whose own signature is broken", async () => {
    const world = newWorld();
    const broken = { ...SIGNATURE, verdict: "invalid", reasons: ["changed"] } as const;
    Object.assign(world.context.verifier, {
      verify: async () => ({ verdict: "invalid", signatures: [broken] }),
    });
    expect((await runWorld(world, [paper("a.signed")])).ends["a.signed"]).toBe("held signature_broken");
    expect(world.delivered.size).toBe(0);
  });

  it("asks the warehouse once when a run is cut between receipt and outcome", async () => {
    const world = newWorld();
    const given = paper("a");
    let asked = 0;
    world.onDeliver = () => void asked++;
    await runWorld(world, [given]);
    world.rows.delete(given.id); // the receipt was kept, the outcome was not
    expect((await runWorld(world, [given])).ends["a"]).toBe("delivered");
    expect(asked).toBe(1);
  });

  it("fails for now when the warehouse is away and goes on without reading or signing again", async () => {
    const world = newWorld();
    world.onDeliver = () => {
      throw new OperationalError("target_unreachable");
    };
    const { ends, result } = await runWorld(world, [paper("a")]);
    expect(ends["a"]).toBe("failed target_unreachable");
    expect([...result.exits]).toEqual([5]);
    world.onDeliver = () => undefined;
    const steps = [...world.steps.keys()];
    expect((await runWorld(world, [paper("a")])).ends["a"]).toBe("delivered");
    expect([...world.steps.keys()]).toEqual(steps);
  });

  it("stops the batch when the warehouse refuses the login", async () => {
    const world = newWorld();
    world.onDeliver = () => {
      throw new OperationalError("target_login");
    };
    const { result } = await runWorld(world, [paper("a"), paper("b")]);
    expect(result.failure).toMatchObject({ code: "target_login" });
    expect([...world.rows.values()].every(({ state }) => state === "pending")).toBe(true);
  });

  it("delivers the asked for forms of the text, page after page as it was read", async () => {
    const world = newWorld();
    const { context, brought } = withExport(world);
    const given = paper("a", 2);
    await runWorld(world, [given], { context });
    const sha256 = world.delivered.get(given.id)?.sha256;
    expect(brought).toEqual([
      [`sohoa 0 ${given.id} ${sha256} 2 fake 1 vie`, "1 200 false chữ của a/1", "2 200 false chữ của a/2"],
    ]);
  });

  it("reads a page from the store only when the page before has been written", async () => {
    const world = newWorld();
    let reads = 0;
    const seen: number[] = [];
    const { context } = withExport(world, () => seen.push(reads));
    const { objects } = context;
    const read: typeof objects.read = async (hash) => {
      reads += 1;
      return objects.read(hash);
    };
    const counted = { objects: { value: { ...objects, read } } };
    await runWorld(world, [paper("a", 3)], { context: Object.create(context, counted) as typeof context });
    const [first = 0] = seen;
    expect(first).toBeGreaterThan(3);
    expect(seen).toEqual([first, first + 1, first + 2]);
  });

  it("numbers the pages of the delivered document, not those that were left out", async () => {
    const world = newWorld();
    world.settings = { dropBlank: true };
    const { context, brought } = withExport(world);
    const { imaging } = context;
    const normalize: typeof imaging.normalize = async (page) => {
      const made = await imaging.normalize(page);
      if (page.image.kind !== "file" || !page.image.path.endsWith("/1")) return made;
      const { prepared: _none, ...rest } = made;
      return { ...rest, blank: true, findings: ["blank"] };
    };
    const own = { imaging: { value: { ...imaging, normalize } } };
    const blank = Object.create(context, own) as typeof context;
    await runWorld(world, [paper("a", 2)], { context: blank });
    expect(brought[0]?.slice(1)).toEqual(["1 200 false chữ của a/2"]);
  });

  it("exports papers that are signed already, and what PDF pages say of themselves as their own text", async () => {
    const world = newWorld();
    const { context, brought } = withExport(world);
    const inspect: typeof context.inspect = async (candidate) => {
      const scan = await world.context.inspect(candidate);
      return { ...scan, pages: scan.pages.map((page) => ({ ...page, kind: "pdf", hasText: true })) };
    };
    const own = Object.create(context, { inspect: { value: inspect } }) as typeof context;
    const given = paper("a.signed");
    expect((await runWorld(world, [given], { context: own })).ends["a.signed"]).toBe("delivered");
    expect(brought).toEqual([
      [`sohoa 0 ${given.id} ${given.files[0]?.sha256} 1 text `, "1 72 true có sẵn a.signed/1"],
    ]);
  });

  it.each([
    ["tesseract.js 7.0.0, vie+chi_sim 4.0.0_best_int; reading 3, first look only", "vie/chi_sim"],
    ["tesseract 5.3.0, eng fast 1a2b3c4d; reading 3", "eng"],
    ["some other engine", "vie"],
  ])(
    "names the languages a page was read in, whatever the settings say today: %s",
    async (identity, said) => {
      const world = newWorld();
      const { context, brought } = withExport(world);
      const own = { ocr: { value: { ...context.ocr, identity } } };
      await runWorld(world, [paper("a")], { context: Object.create(context, own) as typeof context });
      expect(brought[0]?.[0]?.split(identity)).toEqual([expect.any(String), ` ${said}`]);
    },
  );
});
