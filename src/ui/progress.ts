import ora, { type Ora } from "ora";
import type { Observer, RunEvent } from "../domain/observer.ts";
import type { Io, Lang } from "./io.ts";
import { createPaint, paintState } from "./paint.ts";
import { visible } from "./visible.ts";
import { count, duration, reasonSentence, stateWord } from "./words.ts";

const PLAIN_LINE_SECONDS = 60;
/** Reasons a person will look for are printed as they happen, but never more than this many lines of one run. */
const MAX_LINES = 200;

export interface Progress {
  readonly observe: Observer;
  stop(): void;
}

interface Counters {
  pending: number;
  done: number;
  opened: number;
  pagesOpened: number;
  /** Pages read in this run, and those together with the ones kept from earlier runs. */
  pages: number;
  pagesDone: number;
  held: number;
  failed: number;
}

const NONE: Counters = {
  pending: 0,
  done: 0,
  opened: 0,
  pagesOpened: 0,
  pages: 0,
  pagesDone: 0,
  held: 0,
  failed: 0,
};

/**
 * One live line on a terminal (pages or documents a minute, done of total, time left); elsewhere a plain line a minute.
 * @param by what the work is measured in: signing takes the same time whatever the pages.
 */
export function createProgress(
  io: Io,
  lang: Lang,
  now: () => number,
  by: "pages" | "documents" = "pages",
): Progress {
  const counters: Counters = { ...NONE };
  const started = now();
  const spinner = io.live ? ora({ stream: process.stderr, discardStdin: false }).start() : undefined;
  const paint = createPaint(io.colour);
  let lastPlain = started;
  let printed = 0;

  const refresh = (): void => {
    const text = line(counters, (now() - started) / 1000, lang, by);
    if (spinner !== undefined) spinner.text = text;
    else if (now() - lastPlain >= PLAIN_LINE_SECONDS * 1000) {
      lastPlain = now();
      io.err(`${text}\n`);
    }
  };
  const note = (text: string): void => {
    if (++printed > MAX_LINES) return;
    spinner?.clear();
    io.err(`${text}\n`);
  };
  const timer = setInterval(refresh, 500);
  timer.unref();
  return {
    observe(event) {
      add(counters, event);
      makeRoom(spinner, event);
      if (event.type === "document" && needsAttention(event)) {
        const word = paintState(paint, event.state, stateWord(event.state, lang));
        const reason = event.reason === null ? "" : ` ${event.reason}: ${reasonSentence(event.reason, lang)}`;
        const detail = event.detail === "" ? "" : ` (${visible(event.detail)})`;
        note(`${word} ${visible(event.file)}${reason}${detail}`);
      }
      refresh();
    },
    stop() {
      clearInterval(timer);
      spinner?.stop();
    },
  };
}

/** Between the plan and the first document a passphrase may be asked for: nothing may draw over the question. */
function makeRoom(spinner: Ora | undefined, event: RunEvent): void {
  if (event.type === "plan") spinner?.stop();
  else if (spinner?.isSpinning === false) spinner.start();
}

type DocumentEvent = Extract<RunEvent, { type: "document" }>;

const needsAttention = ({ state }: DocumentEvent): boolean =>
  state === "failed" || state === "held" || state === "quarantined";

function add(counters: Counters, event: RunEvent): void {
  if (event.type === "plan") {
    counters.pending = event.pending;
  } else if (event.type === "page") {
    counters.pagesDone++;
    if (!event.kept) counters.pages++;
  } else if (event.type === "opened") {
    counters.opened++;
    counters.pagesOpened += event.pages;
  } else if (event.type === "document") {
    if (!event.unchanged && event.state !== "duplicate") counters.done++;
    if (event.state === "held" || event.state === "quarantined") counters.held++;
    if (event.state === "failed") counters.failed++;
  }
}

const RATE_WORDS = {
  pages: { vi: "trang/phút", en: "pages/min" },
  documents: { vi: "tài liệu/phút", en: "documents/min" },
} as const;

function line(counters: Counters, seconds: number, lang: Lang, by: "pages" | "documents"): string {
  const { pending, done, pages, held, failed } = counters;
  const made = by === "pages" ? pages : done;
  const rate = seconds > 0 ? (made / seconds) * 60 : 0;
  const left =
    by === "pages" ? secondsLeft(counters, seconds) : (seconds / done) * Math.max(0, pending - done);
  const total = `${count(Math.min(done, pending), lang)}/${count(pending, lang)}`;
  const speed = `${count(rate, lang)} ${RATE_WORDS[by][lang]}`;
  return lang === "vi"
    ? `${total} tài liệu · ${speed} · còn ${duration(left, lang)} · chờ ${held} · hỏng ${failed}`
    : `${total} documents · ${speed} · ${duration(left, lang)} left · held ${held} · failed ${failed}`;
}

/** By pages, not documents: one may have 1 page and the next 600. Unopened documents count as the average opened one. */
function secondsLeft({ pending, opened, pagesOpened, pages, pagesDone }: Counters, seconds: number): number {
  if (pages === 0 || opened === 0) return Infinity;
  const unopened = Math.max(0, pending - opened) * (pagesOpened / opened);
  return (seconds / pages) * Math.max(0, pagesOpened + unopened - pagesDone);
}
