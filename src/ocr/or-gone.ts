interface Watch {
  over: boolean;
  readonly told: Set<() => void>;
}

const watches = new WeakMap<Promise<void>, Watch>();

/**
 * What `work` gives, or `failure` when a worker's `gone` comes first. `Promise.race` with `gone` itself would leave a
 * reaction there that lives as long as the worker and holds the text of every page.
 */
export async function orGone<T>(gone: Promise<void>, work: Promise<T>, failure: () => Error): Promise<T> {
  const watch = watches.get(gone) ?? watchOf(gone);
  let tell = (): void => undefined;
  const death = new Promise<never>((_, reject) => {
    tell = () => reject(failure());
  });
  watch.told.add(tell);
  if (watch.over) tell();
  try {
    return await Promise.race([work, death]);
  } finally {
    watch.told.delete(tell);
  }
}

function watchOf(gone: Promise<void>): Watch {
  const watch: Watch = { over: false, told: new Set() };
  watches.set(gone, watch);
  void gone.then(() => {
    watch.over = true;
    for (const tell of watch.told) tell();
  });
  return watch;
}
