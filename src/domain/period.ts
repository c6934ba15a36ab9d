/** Days both included, ISO dates. `label` is what people asked for. */
export interface Period {
  readonly label: string;
  readonly from: string;
  readonly to: string;
}

const DAY_MS = 86_400_000;
/** Việt Nam has kept UTC+7 without summer time since 1975. */
const VIETNAM_MS = 7 * 3_600_000;

/** Calendar day in Việt Nam, ISO date: what a report means by "ngày", whatever the server's zone is. */
export function vietnamDay(moment: Date): string {
  return isoDay(moment.getTime() + VIETNAM_MS);
}

/** `22/11/2026 19:05` in Việt Nam of an ISO moment, for people; what is no moment (a foreign bag's tag) as it stands. */
export function vietnamTime(moment: string): string {
  const ms = Date.parse(moment);
  if (Number.isNaN(ms)) return moment;
  const local = new Date(ms + VIETNAM_MS).toISOString();
  return `${local.slice(0, 10).split("-").toReversed().join("/")} ${local.slice(11, 16)}`;
}

/** True on Saturdays and Sundays. */
export function isWeekend(day: string): boolean {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return weekday === 0 || weekday === 6;
}

/** Reads `2026-11-30` or `30/11/2026` (also `.` and `-` between, time of day ignored); undefined if no such day. */
export function parseDay(text: string): string | undefined {
  const trimmed = text.trim();
  const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ].*)?$/u.exec(trimmed);
  if (iso !== null) return calendarDay(iso[1], iso[2], iso[3]);
  const local = /^(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?:\s.*)?$/u.exec(trimmed);
  return local === null ? undefined : calendarDay(local[3], local[2], local[1]);
}

/** Reads `2026`, `2026-11`, `2026-Q4` or `2026-W47` (ISO 8601 week); undefined when it is none of them. */
export function parsePeriod(text: string): Period | undefined {
  const parts = /^(?<year>\d{4})(?:-(?:(?<month>\d{2})|Q(?<quarter>[1-4])|W(?<week>\d{2})))?$/u;
  const label = text.trim().toUpperCase();
  const found = parts.exec(label)?.groups;
  if (found === undefined) return undefined;
  const year = Number(found["year"]);
  if (year < 1900) return undefined;
  if (found["week"] !== undefined) return weekPeriod(label, year, Number(found["week"]));
  if (found["month"] !== undefined) return monthsPeriod(label, year, Number(found["month"]), 1);
  if (found["quarter"] !== undefined) return monthsPeriod(label, year, Number(found["quarter"]) * 3 - 2, 3);
  return monthsPeriod(label, year, 1, 12);
}

/** Two days from `--from` and `--to`; undefined when one is no day or they are in the wrong order. */
export function periodBetween(from: string, to: string): Period | undefined {
  const first = parseDay(from);
  const last = parseDay(to);
  if (first === undefined || last === undefined || first > last) return undefined;
  return { label: `${first}..${last}`, from: first, to: last };
}

function monthsPeriod(label: string, year: number, month: number, months: number): Period | undefined {
  if (month < 1 || month > 12) return undefined;
  const from = isoDay(Date.UTC(year, month - 1, 1));
  return { label, from, to: isoDay(Date.UTC(year, month - 1 + months, 0)) };
}

function weekPeriod(label: string, year: number, week: number): Period | undefined {
  // ISO 8601: week 1 holds 4 January and weeks start on Monday.
  const fourth = Date.UTC(year, 0, 4);
  const monday = fourth - ((new Date(fourth).getUTCDay() + 6) % 7) * DAY_MS + (week - 1) * 7 * DAY_MS;
  const thursday = new Date(monday + 3 * DAY_MS);
  if (week < 1 || thursday.getUTCFullYear() !== year) return undefined;
  return { label, from: isoDay(monday), to: isoDay(monday + 6 * DAY_MS) };
}

function calendarDay(year = "", month = "", day = ""): string | undefined {
  const iso = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const moment = new Date(`${iso}T00:00:00Z`);
  return !Number.isNaN(moment.getTime()) && isoDay(moment.getTime()) === iso ? iso : undefined;
}

function isoDay(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
