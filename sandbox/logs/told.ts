/** What a topic got. */
export interface Told {
  readonly topic: string;
  /** Name of the alarm or rule. */
  readonly by: string;
  readonly at: string;
  readonly text: string;
}
