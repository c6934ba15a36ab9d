import { join } from "node:path";
import { createLocalEngine } from "./engines/local.ts";
import type { FileRef, PageSource, Role } from "./domain/document.ts";
import type { BarcodeReader, Imaging, Recognizer } from "./domain/page-ports.ts";
import type { PdfTools } from "./domain/pdf-port.ts";
import type { Context, Engine, SignerPort, Target } from "./domain/ports.ts";
import type { Rules } from "./domain/rules.ts";
import type { SealImage } from "./domain/seal.ts";
import type { Settings } from "./domain/settings.ts";
import { WHITE_VIEW } from "./domain/white-view.ts";
import { createBarcodeReader } from "./barcodes/barcode-reader.ts";
import { createIsolatedImaging, type IsolatedImaging } from "./imaging/process/isolated-imaging.ts";
import { sniffFormat } from "./imaging/sniff.ts";
import { vietnamDay } from "./domain/period.ts";
import { discover } from "./intake/discover.ts";
import type { Found } from "./intake/found.ts";
import { createInspector } from "./intake/scan.ts";
import { openPage } from "./pipeline/open-page.ts";
import { openLedger } from "./ledger/open-ledger.ts";
import type { SohoaLedger } from "./ledger/open-ledger.ts";
import { sha256 } from "./objects/durable.ts";
import { cachedHash, unchanged } from "./objects/known-files.ts";
import { openObjectStore } from "./objects/store.ts";
import { createTextExports } from "./ocr/export/text-exports.ts";
import { openEngine } from "./ocr/open-engine.ts";
import { createRecognizer } from "./ocr/recognizer.ts";
import { createPdfTools } from "./pdf/pdf-tools.ts";
import { PRODUCER } from "./ui/producer.ts";
import { readPassphrase } from "./settings/read-passphrase.ts";
import { revocationCache } from "./settings/revocation-cache.ts";
import { readPasswords } from "./settings/read-passwords.ts";
import { secretQuestion } from "./signing/keys/secret-question.ts";
import type { Upgrader } from "./signing/create-upgrader.ts";
import { createVerifier } from "./signing/verify/verify.ts";
import { openFolderTarget } from "./targets/folder.ts";
import type { Io } from "./ui/io.ts";

export interface Parts {
  readonly context: Context;
  readonly engine: Engine;
  readonly ledger: SohoaLedger;
  /** OCR workers: what the settings ask for, or as many as their memory holds. */
  readonly jobs: number;
  /** Lists the documents of the inputs; file hashes come from the ledger where a file has not changed since. */
  discover(inputs: readonly string[], flags: Readonly<Record<string, unknown>>): AsyncIterable<Found>;
  /** Starts what the first page will need, all of it at once; what fails here is told by that page. */
  warmUp(): void;
  close(): Promise<void>;
}

/** False: everything has been read already, and the machine that signs may have neither engine nor language data. */
interface Needs {
  readonly reading: boolean;
}

const unread = async (): Promise<never> => {
  throw new Error("composed without OCR");
};
const NO_READING: Recognizer = {
  identity: "none",
  read: unread,
  refine: unread,
  close: async () => undefined,
};

/** A4 at 600 dpi has 35 million pixels; three such pages are the largest sheet an office scans (A2). */
const MAX_MEGAPIXELS = 100;

/** Measured: the program itself, and what one OCR worker and the decoder process before it take, in megabytes. */
const BASE_MB = 250;
const WORKER_MB = 400;

/** One OCR worker without its decoder, and one million pixels being decoded with all that is made of them, in megabytes. */
const OCR_MB = 150;
const MEGAPIXEL_MB = 8;
/** Enough for one A4 page at 400 dpi, whatever the settings say. */
const LEAST_MEGAPIXELS = 24;

/** As many OCR workers as `jobs` asks for and `memory` holds; one always. */
function workersWithin({ jobs, memory }: Settings): number {
  return Math.max(1, Math.min(jobs, Math.floor((memory - BASE_MB) / WORKER_MB)));
}

/** Puts the real parts together. Heavy ones (OCR workers, signing key) start at their first use. */
export async function compose(
  settings: Settings,
  rules: Rules,
  io: Io,
  soft: AbortSignal,
  { reading }: Needs = { reading: true },
): Promise<Parts> {
  const now = (): Date => new Date();
  const passwords = await readPasswords(settings);
  const ledger = await openLedger({ path: settings.ledger });
  const objects = await openObjectStore(settings.objects);
  const jobs = workersWithin(settings);
  const imaging = openImaging(settings, rules, jobs);
  const pdf = createPdfTools({ workFolder: join(settings.objects, "incoming"), passwords, sheetFont });
  const ocr = reading ? await openOcr(settings, jobs, io) : NO_READING;
  const { engine, pages } = createLocalEngine({ jobs, soft });
  const signer = atFirstUse(() => signerOf(settings, io));
  const context: Context = {
    settings,
    rules,
    clock: { now },
    producer: PRODUCER,
    hash: sha256,
    inspect: openInspector(settings, imaging, pdf),
    unchanged,
    objects,
    ledger,
    imaging,
    barcodes: createBarcodeReader(),
    ocr,
    pdf,
    signer: signer.get,
    verifier: createVerifier({ trust: settings.signing.trust, now }),
    targets: settings.targets.map((url) => openTarget(url, settings, now)),
    exports: createTextExports(settings.export),
    pages,
  };
  return {
    context,
    engine,
    ledger,
    jobs,
    discover: (inputs, flags) => discoverInputs(inputs, flags, context, cachedHash(ledger)),
    warmUp: () => {
      imaging.warmUp();
      warmUp(ocr, jobs, soft);
    },
    close: () => closeAll([signer, ocr, pdf, imaging, context.barcodes, ...context.targets, ledger]),
  };
}

function warmUp(ocr: Recognizer, jobs: number, signal: AbortSignal): void {
  for (let job = 0; job < jobs; job++) ocr.read(WHITE_VIEW, signal).catch(() => undefined);
}

/** What signing of single files needs: no OCR, no object store, no warehouse. */
export interface SigningParts {
  readonly signer: Context["signer"];
  /** For files signed earlier; asks for no key. */
  upgrader(): Promise<Upgrader>;
  readonly pdf: PdfTools;
  readonly imaging: Imaging;
  readonly barcodes: BarcodeReader;
  readonly ledger: SohoaLedger;
  /** Ends the processes and threads that looked at pages and wait for more; the next page starts them again. */
  rest(): Promise<void>;
  close(): Promise<void>;
}

export async function composeSigning(settings: Settings, rules: Rules, io: Io): Promise<SigningParts> {
  const passwords = await readPasswords(settings);
  const ledger = await openLedger({ path: settings.ledger });
  const pdf = createPdfTools({ passwords });
  const imaging = openImaging(settings, rules, 1);
  const barcodes = createBarcodeReader();
  const signer = atFirstUse(() => signerOf(settings, io));
  return {
    signer: signer.get,
    imaging,
    upgrader: async () => {
      const { openUpgrader } = await import("./signing/open-signer.ts");
      return openUpgrader({ settings: settings.signing, cache: revocationCache(settings) });
    },
    pdf,
    barcodes,
    ledger,
    rest: async () => {
      await Promise.all([pdf.rest(), imaging.rest()]);
    },
    close: () => closeAll([signer, pdf, imaging, barcodes, ledger]),
  };
}

function openImaging({ clean, memory, ocr, profile }: Settings, rules: Rules, jobs: number): IsolatedImaging {
  const left = Math.floor((memory - BASE_MB - jobs * OCR_MB) / MEGAPIXEL_MB);
  return createIsolatedImaging({
    megapixels: MAX_MEGAPIXELS,
    megapixelsInFlight: Math.max(LEAST_MEGAPIXELS, left),
    profile: rules.profiles[profile],
    clean,
    jobs,
    pageTimeoutMs: ocr.pageTimeout * 1000,
  });
}

/** The font of the signatures also writes the captions of contact sheets. */
async function sheetFont() {
  const { createTextFont, FONT_OBJECTS } = await import("./signing/appearance/text-font.ts");
  return { font: createTextFont([]), objects: FONT_OBJECTS };
}

async function openOcr({ ocr }: Settings, jobs: number, { env }: Io): Promise<Recognizer> {
  const { engine, languages, tessdata, pageTimeout, secondLook } = ocr;
  const pageTimeoutMs = pageTimeout * 1000;
  const opened = await openEngine({ engine, jobs, languages, tessdata, pageTimeoutMs, environment: env });
  return createRecognizer(opened, { secondLook });
}

function openInspector({ clean }: Settings, imaging: Imaging, pdf: PdfTools): Context["inspect"] {
  const fold = async (page: PageSource) => imaging.fold(await openPage(page, { pdf }));
  return createInspector({
    probe: (path) => imaging.probe(path),
    pdf,
    format: pdfOrImage,
    ...(clean.includes("spread") && { fold }),
  });
}

async function pdfOrImage(path: string): Promise<"pdf" | "image"> {
  return (await sniffFormat(path)) === "pdf" ? "pdf" : "image";
}

function discoverInputs(
  inputs: readonly string[],
  flags: Readonly<Record<string, unknown>>,
  { clock, imaging, rules, settings }: Context,
  hash: (path: string) => Promise<FileRef>,
): AsyncIterable<Found> {
  const { role: given, duplex, expectDossiers } = flags;
  const role: { role?: Role } = given === "component" || given === "result" ? { role: given } : {};
  // A file that cannot be opened is one document: it ends with its own reason later.
  const frames = (path: string): Promise<number> =>
    imaging.probe(path).then(
      ({ frames }) => frames,
      () => 1,
    );
  return discover({
    inputs,
    ...(Array.isArray(duplex) && { duplex: duplex.map(String) }),
    ...(typeof expectDossiers === "number" && { expectedDossiers: expectDossiers }),
    settings,
    rules,
    today: vietnamDay(clock.now()),
    frames,
    hash,
    ...role,
  });
}

function openTarget(url: string, settings: Settings, now: () => Date): Target {
  const root = url.slice("folder:".length);
  return openFolderTarget({ root, owner: sha256(settings.workspace).slice(0, 8), now });
}

/** Read before anybody is asked for a PIN: a wrong picture stops everything anyway. */
async function sealOf({ signing: { appearance, seal } }: Settings): Promise<SealImage | undefined> {
  if (appearance !== "archive" || seal === null) return undefined;
  const { readSeal } = await import("./imaging/seal.ts");
  return readSeal(seal);
}

async function signerOf(settings: Settings, io: Io): Promise<SignerPort> {
  const { signing } = settings;
  const { ask } = io;
  const question = secretQuestion(signing.key ?? "", settings.lang);
  const prompt = ask === undefined ? undefined : () => ask(question);
  const seal = await sealOf(settings);
  const { openSigner } = await import("./signing/open-signer.ts");
  return openSigner({
    settings: signing,
    ...(seal !== undefined && { seal }),
    secret: () => readPassphrase(settings, io.env, prompt),
    cache: revocationCache(settings),
  });
}

/** Made at its first use, once; what was never made, or could not be, need not be closed. */
function atFirstUse<T extends { close(): Promise<void> }>(make: () => Promise<T>) {
  let made: Promise<T> | undefined;
  return {
    get: () => (made ??= make()),
    close: async () => (await made?.catch(() => undefined))?.close(),
  };
}

/** One after the other: whoever comes later in the list may still be needed by those before. */
async function closeAll(parts: readonly { close(): Promise<void> }[]): Promise<void> {
  for (const part of parts) await part.close();
}
