import { isWeekend, parsePeriod, type Period } from "./period.ts";
import type { QuotaRow } from "./register.ts";
import type { DocumentFact } from "./report.ts";

/** Chỉ tiêu of some officers and what was delivered against it. Null: no quota was set for this period. */
export interface QuotaCount {
  readonly quota: number | null;
  readonly done: number;
  readonly weekendDone: number;
}

/** Quotas that count in a period, by officer. */
export type Quotas = ReadonlyMap<string, readonly QuotaRow[]>;

/** Quotas that lie wholly inside the period, without those that a longer one of the same officer and kind contains. */
export function quotasWithin(quotas: readonly QuotaRow[], period: Period | null): Quotas {
  const inside = new Map<string, Dated[]>();
  for (const quota of quotas) {
    const days = parsePeriod(quota.period);
    if (days === undefined || (period !== null && !covers(period, days))) continue;
    const own = inside.get(quota.officer) ?? [];
    own.push({ quota, days });
    inside.set(quota.officer, own);
  }
  return new Map([...inside].map(([officer, own]) => [officer, own.filter(isLargest).map(toQuota)]));
}

/**
 * Documents delivered in the period (no duplicates, no reuse). Where their officer's quota is for one kind of paper,
 * only that kind is counted, so that `done` is always the numerator of the rate beside it.
 */
export function countQuota(
  officers: Iterable<string>,
  work: readonly DocumentFact[],
  quotas: Quotas,
): QuotaCount {
  const own = [...officers].flatMap((officer) => quotas.get(officer) ?? []);
  const done = work.filter(({ officer, role }) => {
    const set = quotas.get(officer);
    return set === undefined || set.some(({ kind }) => kind === "all" || kind === role);
  });
  return {
    quota: own.length === 0 ? null : own.reduce((sum, { target }) => sum + target, 0),
    done: done.length,
    weekendDone: done.filter(({ delivered }) => delivered !== null && isWeekend(delivered)).length,
  };
}

interface Dated {
  readonly quota: QuotaRow;
  readonly days: Period;
}

function isLargest({ quota, days }: Dated, _at: number, all: readonly Dated[]): boolean {
  return !all.some(
    (other) => other.quota !== quota && other.quota.kind === quota.kind && covers(other.days, days),
  );
}

function toQuota({ quota }: Dated): QuotaRow {
  return quota;
}

function covers(outer: Period, inner: Period): boolean {
  return outer.from <= inner.from && inner.to <= outer.to;
}
