/** Identifiers of AWS's shapes from a seeded sequence, so that a rehearsal with the same seed has the same ids. */
export class Ids {
  private state: number;

  constructor(seed = 1) {
    this.state = seed >>> 0;
  }

  /** A number in [0, 1): mulberry32. */
  random(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  /** `length` characters of `alphabet`. */
  token(length: number, alphabet: string): string {
    let text = '';
    while (text.length < length) text += alphabet[Math.floor(this.random() * alphabet.length)];
    return text;
  }

  hex(length: number): string {
    return this.token(length, '0123456789abcdef');
  }

  /** As CloudFormation and CodeDeploy suffix their names: `1A2B3C…`. */
  upper(length: number): string {
    return this.token(length, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789');
  }

  uuid(): string {
    return `${this.hex(8)}-${this.hex(4)}-4${this.hex(3)}-a${this.hex(3)}-${this.hex(12)}`;
  }
}

/**
 * As CloudFormation names a resource that the template leaves without a name: stack, logical id, and something unique. Where a
 * service has shorter names, stack and logical id are cut to equal parts of what there is room for.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-name.html
 * @param lengthMax of names of that type
 */
export function generatedName(
  { stackName, logicalId }: { readonly stackName: string; readonly logicalId: string },
  suffix: string,
  lengthMax: number,
): string {
  const room = lengthMax - suffix.length - 2;
  const stack = stackName.slice(0, Math.max(Math.floor(room / 2), room - logicalId.length));
  return `${stack}-${logicalId.slice(0, room - stack.length)}-${suffix}`;
}
