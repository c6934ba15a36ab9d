/** Legal values that change by decree, not by release. One versioned file in `settings/rules/` gives them. */
export interface Rules {
  readonly id: string;
  /** First day these values are in force, ISO date. */
  readonly validFrom: string;
  readonly codes: CodeGrammar;
  readonly profiles: Readonly<Record<ProfileName, ScanProfile>>;
  readonly skipReasons: Readonly<Record<string, string>>;
  readonly assessment: AssessmentRule;
  readonly retentionDays: number;
  /** Law, circular or field source of each value above, for people who must defend a number. */
  readonly sources: Readonly<Record<string, string>>;
}

/** Sources of regular expressions (flags are the reader's business). */
export interface CodeGrammar {
  /** Whole, normalised dossier code with the groups org, ymd, seq. */
  readonly dossier: string;
  /** Finds codes inside upper-cased names and texts. */
  readonly dossierInText: string;
  readonly unit: string;
  readonly procedure: string;
  /** QĐ 20/2020: an organisation identifier has at most this many characters. */
  readonly unitMaxLength: number;
}

export type ProfileName = "nd30" | "archive" | "compact";

export interface ScanProfile {
  /** What a page must have; less is a finding. */
  readonly minDpi: number;
  readonly colour: boolean;
  readonly output: OutputRule;
}

/** How page images are stored. Never larger than they came. */
export interface OutputRule {
  /** An A4 page's own bytes pass through up to this size (larger sheets in proportion); beyond it they are encoded again. */
  readonly passThroughKilobytes: number;
  /** Encoded again at most at this resolution; never enlarged. */
  readonly dpi: number;
  /** JPEG (mozjpeg) quality 1..100 of what is encoded again. */
  readonly quality: number;
  /** Text as a 1-bit mask over a coarse background; pages without colour wholly 1-bit. */
  readonly mixed: boolean;
}

export interface AssessmentRule {
  /** A ratio (0..1) below this is "Không đạt". */
  readonly passRatio: number;
  /** Dossier states of the một-cửa export that count as received, and as resolved. */
  readonly receivedStates: readonly number[];
  readonly resolvedStates: readonly number[];
}
