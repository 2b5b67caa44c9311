export interface EnsuredTool {
  readonly id: string;
  readonly version?: string;
  readonly path?: string;
  /** why the tool cannot be had */
  readonly reason?: string;
}

export function ensureTools(options?: {
  readonly only?: readonly string[];
  readonly log?: (line: string) => void;
  /** also what only the soak uses */
  readonly forSoak?: boolean;
}): Promise<EnsuredTool[]>;
