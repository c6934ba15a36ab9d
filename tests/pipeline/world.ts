import type { Barcode } from "../../src/domain/barcode.ts";
import type {
  Candidate,
  FileRef,
  LinkHint,
  PageSource,
  Receipt,
  Scan,
  SignatureInfo,
} from "../../src/domain/document.ts";
import { type ErrorCode, OperationalError } from "../../src/domain/errors.ts";
import type { DocumentId, DossierCode, OfficerId, Sha256, UnitCode } from "../../src/domain/ids.ts";
import type { DocumentRow, KeptStep, Ledger, SettledFacts } from "../../src/domain/ledger-port.ts";
import type { RunEvent } from "../../src/domain/observer.ts";
import type { Outcome } from "../../src/domain/outcome.ts";
import type { NormalizedPage } from "../../src/domain/page-ports.ts";
import type { Context } from "../../src/domain/ports.ts";
import type { Line } from "../../src/domain/reading.ts";
import { createLocalEngine } from "../../src/engines/local.ts";
import { type Batch, type BatchResult, type Found, runBatch } from "../../src/pipeline/batch.ts";
import { rulesFor } from "../../src/settings/rules-for.ts";
import { testSettings } from "../support/settings.ts";
import { hash, objectStore } from "./world-objects.ts";
import { waitingIn } from "./world-waiting.ts";

const NOW = new Date("2026-11-20T03:00:00Z");
const PAGE_POINTS = { widthPt: 595, heightPt: 842 };

function fileRef(path: string): FileRef {
  return { path, sha256: hash(path), bytes: 100, mtimeMs: NOW.getTime() };
}

export function hint(code: string, from: LinkHint["from"] = "folder"): LinkHint {
  return { code: code as DossierCode, from, text: code };
}

/** A paper of `pages` pages, one file each, named `<name>/<n>`. */
export function paper(name: string, pages = 1, given: Partial<Candidate> = {}): Candidate {
  return {
    id: hash(name) as string as DocumentId,
    files: Array.from({ length: pages }, (_, index) => fileRef(`${name}/${index + 1}`)),
    name,
    unit: "H57.132" as UnitCode,
    officer: "nv-0123" as OfficerId,
    role: "component",
    hints: [hint("H57.132-260804-0583")],
    fields: {},
    ...given,
  };
}

/** One line of words at the top of a page. */
export function line(text: string, confidence = 0.95): Line {
  const box = { x0: 0, y0: 10, x1: 100, y1: 20 };
  return { box, words: text.split(" ").map((word) => ({ text: word, box, confidence })) };
}

export interface World {
  readonly context: Context;
  readonly rows: Map<DocumentId, DocumentRow>;
  readonly steps: Map<Sha256, KeptStep>;
  readonly objects: Map<Sha256, Buffer>;
  readonly delivered: Map<string, Receipt>;
  readonly settled: Map<DocumentId, { readonly outcome: Outcome; readonly facts: SettledFacts }>;
  /** Source page of every recognition, in order. */
  readonly recognised: string[];
  readonly register: Set<string>;
  /** What recognition of a page gives; by source path. */
  readonly reads: Map<string, () => Promise<readonly Line[]>>;
  /** Barcodes of a page, by source path. */
  readonly codes: Map<string, readonly Barcode[]>;
  /** Sources that changed since they were hashed. */
  readonly changed: Set<string>;
  /** Called at every delivery, for tests that make the warehouse fail. */
  onDeliver: () => void;
  /** Aborts what has not begun. */
  readonly soft: AbortController;
  /** What opening a candidate throws, by its name. */
  readonly unopenable: Map<string, ErrorCode | Error>;
  settings: Partial<Context["settings"]>;
}

/** A whole outside world in memory, with nothing in it but what a test puts there. */
export function newWorld(): World {
  const soft = new AbortController();
  const maps = {
    rows: new Map<DocumentId, DocumentRow>(),
    steps: new Map<Sha256, KeptStep>(),
    objects: new Map<Sha256, Buffer>(),
    delivered: new Map<string, Receipt>(),
    settled: new Map<DocumentId, { outcome: Outcome; facts: SettledFacts }>(),
    recognised: [] as string[],
    register: new Set<string>(),
    reads: new Map<string, () => Promise<readonly Line[]>>(),
    codes: new Map<string, readonly Barcode[]>(),
    changed: new Set<string>(),
    onDeliver: (): void => undefined,
    soft,
    unopenable: new Map<string, ErrorCode | Error>(),
    settings: {} as Partial<Context["settings"]>,
  };
  const world: World = { ...maps, context: undefined as unknown as Context };
  return Object.assign(world, { context: contextOf(world) });
}

function contextOf(world: World): Context {
  const { pages } = createLocalEngine({ jobs: 2, soft: world.soft.signal });
  return {
    get settings() {
      return { ...SETTINGS, ...world.settings };
    },
    rules: rulesFor("2026-11-20"),
    clock: { now: () => NOW },
    producer: "sohoa 0",
    hash,
    inspect: async (candidate) => open(candidate, world),
    async unchanged({ path }) {
      if (world.changed.has(path)) throw new OperationalError("source_changed");
    },
    objects: objectStore(world.objects),
    ledger: ledgerOf(world),
    imaging: {
      version: "imaging 1",
      probe: async () => ({ format: "jpeg", frames: 1 }),
      normalize: async ({ image }) => normalized(image.kind === "file" ? image.path : ""),
      encode: async () => IMAGE,
      fold: async () => undefined,
      glance: async () => ({ pgm: Buffer.alloc(1), width: 1, height: 1 }),
      close: async () => undefined,
    },
    barcodes: {
      identity: "fake codes",
      read: async ({ pgm }) => world.codes.get(pgm.toString().trim()) ?? [],
      close: async () => undefined,
    },
    ocr: {
      identity: "fake 1",
      async read({ pgm }) {
        const path = pgm.toString().trim();
        world.recognised.push(path);
        return (await world.reads.get(path)?.()) ?? [line(`chữ của ${path}`)];
      },
      refine: async (_page, first) => first,
      close: async () => undefined,
    },
    pdf: {
      inspect: async () => ({ pages: [], signatures: 0, attachments: false, bookmarks: false, repairs: [] }),
      pageImage: async (path) => ({
        image: { kind: "file", path, frame: 0 },
        paper: PAGE_POINTS,
        turn: 0,
        how: "file",
      }),
      pageText: async (path) => ({
        width: 595,
        height: 842,
        engine: "text",
        lines: [line(`có sẵn ${path}`)],
      }),
      draw: async (path) => ({ pgm: Buffer.from(path), width: 1, height: 1 }),
      async augment(path, output, { pages }) {
        world.objects.set(output as Sha256, Buffer.from(`pdf of ${pages.length} pages, ${path} augmented`));
        return { pages: pages.length };
      },
      missingLines: async (_path, { lines }) => lines,
      scanImage: async () => undefined,
      async write(path, { pages }) {
        let count = 0;
        for await (const _page of pages) count++;
        world.objects.set(path as Sha256, Buffer.from(`pdf of ${count} pages ${path}`));
        return { pages: count };
      },
      async contactSheet(path, { title, items }) {
        const lines: string[] = [title];
        for await (const item of items) lines.push(item.lines.join(" | "));
        world.objects.set(path as Sha256, Buffer.from(lines.join("\n")));
        return { pages: Math.max(1, Math.ceil((lines.length - 1) / 12)) };
      },
      check: async (path) => {
        const [count = "0"] = /\d+/u.exec(String(world.objects.get(path as Sha256))) ?? [];
        return { pages: Number(count) };
      },
      close: async () => undefined,
    },
    signer: async () => SIGNER(world),
    verifier: { verify: async () => ({ verdict: "valid", signatures: [SIGNATURE] }) },
    targets: [targetOf(world)],
    exports: [],
    pages,
  };
}

const SETTINGS = testSettings("/w");

export const SIGNATURE: SignatureInfo = {
  signer: "Nguyễn Văn Thử",
  signedAt: "2026-11-20T10:00:00+07:00",
  subFilter: "ETSI.CAdES.detached",
  level: "B-B",
  digest: "SHA-256",
  certificate: hash("certificate"),
  verdict: "valid",
  reasons: [],
  coversWholeFile: true,
  test: false,
};

const IMAGE = {
  filter: "DCTDecode",
  bytes: Buffer.from("jpeg"),
  width: 100,
  height: 100,
  colour: "rgb",
  bits: 8,
  turn: 0,
  mirrored: false,
  passedThrough: true,
} as const;

const SIGNER = (world: World): Awaited<ReturnType<Context["signer"]>> => ({
  subject: "CN=Nguyễn Văn Thử",
  certificate: hash("certificate"),
  test: false,
  notAfter: new Date("2030-01-01"),
  check: async () => undefined,
  close: async () => undefined,
  async sign(input, output) {
    world.objects.set(
      output as Sha256,
      Buffer.from(`signed ${world.objects.get(input as Sha256)?.toString() ?? ""}`),
    );
    return [SIGNATURE];
  },
});

function open(candidate: Candidate, { unopenable }: World): Scan {
  const fault = unopenable.get(candidate.name);
  if (fault instanceof Error) throw fault;
  if (fault !== undefined) throw new OperationalError(fault);
  const pages = candidate.files.map((file, at): PageSource => ({
    number: at + 1,
    file,
    index: 0,
    kind: "image",
    hasText: false,
  }));
  return {
    ...candidate,
    lane: candidate.name.includes("signed") ? "preserved" : "built",
    pages,
    repairs: [],
  };
}

/** As many bytes as a page of 100 x 100 has. */
const pixelsNamed = (name: string): Buffer => Buffer.from(name.padEnd(10_000));

/** The prepared page's pixels are the name of its source, so that recognition knows which page it has. */
function normalized(path: string): NormalizedPage {
  const size = { width: 100, height: 100, dpi: 200, skewDegrees: 0 };
  return {
    ...size,
    colour: true,
    blank: false,
    findings: [],
    stance: { turn: 0, confidence: 1 },
    changes: [],
    prepared: { ...size, pgm: pixelsNamed(path), scale: 1 },
    ...(path.startsWith("red") ? { redInk: { ...size, pgm: pixelsNamed(`ink of ${path}`), scale: 1 } } : {}),
  };
}

function ledgerOf(world: World): Ledger {
  const { rows, steps, settled } = world;
  const receipts = new Map<string, Receipt>();
  return {
    waiting: (filter) => waitingIn(world, filter),
    waitingRecord: async (id) => settled.get(id)?.facts.waiting,
    otherDossiers: async () => [],
    knownHash: async () => undefined,
    rememberHash: async () => undefined,
    async register({ id }) {
      const row = rows.get(id) ?? {
        id,
        state: "pending",
        reason: null,
        retriable: false,
        dossier: null,
        pages: 0,
      };
      rows.set(id, row);
      return row;
    },
    find: async (id) => rows.get(id),
    hasDossier: async (code) => (world.register.size === 0 ? undefined : world.register.has(code)),
    kept: async (key) => steps.get(key)?.result,
    async keep(step) {
      steps.set(step.key, step);
    },
    async handOver(stack, part, pages) {
      for (const [key, step] of steps) {
        if (step.document !== stack || step.stage !== "read-page" || !pages.includes(step.page)) continue;
        steps.set(key, { ...step, document: part, page: pages.indexOf(step.page) + 1 });
      }
    },
    async forget(id) {
      const own = [...steps.values()].filter(({ document }) => document === id);
      for (const { key } of own) steps.delete(key);
      const others = new Set([...steps.values()].flatMap(({ objects }) => objects));
      return own.flatMap(({ objects }) => objects).filter((object) => !others.has(object));
    },
    ordinal: async () => 1,
    receipt: async (id, target) => receipts.get(`${id} ${target}`),
    async keepReceipt(id, receipt) {
      receipts.set(`${id} ${receipt.target}`, receipt);
    },
    async settle(outcome, facts) {
      const { id } = outcome.document;
      settled.set(id, { outcome, facts });
      const { state, pages } = outcome;
      const reason = "reason" in outcome ? outcome.reason : null;
      const retriable = "retriable" in outcome && outcome.retriable;
      const dossier = "dossier" in outcome ? outcome.dossier : null;
      rows.set(id, { id, state, reason, retriable, dossier, pages });
    },
    audit: async () => undefined,
  };
}

function targetOf(world: World): Context["targets"][number] {
  return {
    name: "kho",
    async deliver({ document, text }) {
      world.onDeliver();
      const { signed, scan } = document;
      const receipt: Receipt = {
        target: "kho",
        key: scan.id,
        location: text,
        sha256: signed.sha256,
        bytes: signed.bytes,
        at: NOW.toISOString(),
      };
      world.delivered.set(scan.id, receipt);
      return receipt;
    },
    has: async (key) => world.delivered.get(key),
    close: async () => undefined,
  };
}

interface Ran {
  readonly result: BatchResult;
  readonly events: readonly RunEvent[];
  /** How each document ended, by the name shown: state and reason. */
  readonly ends: Readonly<Record<string, string>>;
}

/** Runs a batch over what `found` lists. */
export async function runWorld(
  world: World,
  found: readonly (Candidate | Extract<Found, { kind: "refused" }>)[],
  given: Partial<Batch> = {},
): Promise<Ran> {
  const events: RunEvent[] = [];
  const { engine } = createLocalEngine({ jobs: 2, soft: world.soft.signal });
  const result = await runBatch({
    context: world.context,
    engine,
    async *discover() {
      for (const item of found) yield "id" in item ? { kind: "candidate", candidate: item } : item;
    },
    reach: { sign: true, deliver: true },
    limit: Infinity,
    prepare: async () => undefined,
    halt: () => world.soft.abort(),
    soft: world.soft.signal,
    hard: new AbortController().signal,
    ...given,
    observe(event) {
      events.push(event);
      given.observe?.(event);
    },
  });
  const ends: Record<string, string> = {};
  for (const event of events) {
    if (event.type === "document") ends[event.file] = [event.state, event.reason].filter(Boolean).join(" ");
  }
  return { result, events, ends };
}
