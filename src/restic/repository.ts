/** A place, as restic opens it. */
export interface ResticPlace {
  /** for people, in messages */
  readonly label: string;
  /** what `--repo` takes; without a secret */
  readonly repository: string;
  /** what restic needs to reach it, from the environment of this process */
  readonly variables: (env: NodeJS.ProcessEnv) => Readonly<Record<string, string>>;
}
