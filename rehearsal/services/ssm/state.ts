export interface Parameter {
  readonly name: string;
  readonly type: 'String' | 'StringList' | 'SecureString';
  readonly value: string;
  readonly version: number;
  /** AWS time, milliseconds since the epoch. */
  readonly modifiedAtMs: number;
  readonly tags?: Readonly<Record<string, string>>;
}

/** The parameter store, by name. */
export type SsmState = Map<string, Parameter>;
