/** The outside of a command: streams, terminal, environment. Tests pass an object literal. */
export interface Io {
  /** Results. */
  readonly out: (text: string) => void;
  /** Progress and messages. */
  readonly err: (text: string) => void;
  /** stderr is a terminal, so a live line may be drawn. */
  readonly live: boolean;
  readonly colour: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Asks for a secret without echo; undefined when there is no terminal. */
  readonly ask: ((question: string) => Promise<string>) | undefined;
}

export type Lang = "vi" | "en";
