export interface Gate {
  /**
   * Waits until `weight` fits in beside what runs, then works. What is heavier than all the room, or of a weight that is
   * no number, works alone.
   */
  pass<T>(weight: number, work: () => Promise<T>): Promise<T>;
}

/** Lets work run side by side as long as its weights together stay within `room`; in order, so that nothing waits for ever. */
export function createGate(room: number): Gate {
  const waiting: { readonly weight: number; readonly open: () => void }[] = [];
  let inside = 0;

  const letIn = (): void => {
    for (let next = waiting[0]; next !== undefined && inside + next.weight <= room; next = waiting[0]) {
      waiting.shift();
      inside += next.weight;
      next.open();
    }
  };

  return {
    pass: async (given, work) => {
      // A weight that is no number would never fit, and its wait would hold up all that come after.
      const weight = Number.isFinite(given) ? Math.min(given, room) : room;
      if (waiting.length === 0 && inside + weight <= room) inside += weight;
      else await new Promise<void>((open) => waiting.push({ weight, open }));
      try {
        return await work();
      } finally {
        inside -= weight;
        letIn();
      }
    },
  };
}
