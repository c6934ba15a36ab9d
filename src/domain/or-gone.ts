interface Watch {
  /** Set once it is gone: how it ended. */
  end?: { readonly how: unknown };
  readonly told: Set<(how: unknown) => void>;
}

const watches = new WeakMap<Promise<unknown>, Watch>();

/**
 * What `work` gives, or what `ended` gives (or throws) when a worker's `gone` comes first. `Promise.race` with `gone` itself
 * would leave a reaction there that lives as long as the worker and holds every answer: 4-8 MB a page.
 */
export async function orGone<T, End, Instead>(
  gone: Promise<End>,
  work: Promise<T>,
  ended: (how: End) => Instead,
): Promise<T | Instead> {
  const watch = watches.get(gone) ?? watchOf(gone);
  let tell: (how: unknown) => void = () => undefined;
  const death = new Promise<unknown>((resolve) => (tell = resolve)).then((how) => ended(how as End));
  watch.told.add(tell);
  if (watch.end !== undefined) tell(watch.end.how);
  try {
    return await Promise.race([work, death]);
  } finally {
    watch.told.delete(tell);
  }
}

function watchOf(gone: Promise<unknown>): Watch {
  const watch: Watch = { told: new Set() };
  watches.set(gone, watch);
  void gone.then((how) => {
    watch.end = { how };
    for (const tell of watch.told) tell(how);
  });
  return watch;
}
