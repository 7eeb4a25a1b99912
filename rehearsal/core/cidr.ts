import { AwsError } from './service';

/** An IPv4 address as a number. */
export function addressNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

function addressText(value: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join('.');
}

/** Whether an IPv4 CIDR block contains an address. */
export function contains(cidr: string, address: string): boolean {
  const [base = '', length = '32'] = cidr.split('/');
  const size = 2 ** (32 - Number(length));
  return Math.floor(addressNumber(base) / size) === Math.floor(addressNumber(address) / size);
}

/**
 * `Fn::Cidr`: the first `count` blocks with `cidrBits` host bits inside `block`.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference-cidr.html
 * @throws AwsError ValidationError when they do not fit, or for IPv6
 */
export function cidrBlocks(block: string, count: number, cidrBits = 8): string[] {
  const [base = '', length = ''] = block.split('/');
  if (!/^[\d.]+$/.test(base) || length === '') {
    throw new AwsError('ValidationError', `Template error: Fn::Cidr: ${block} is not an IPv4 CIDR`);
  }
  const size = 2 ** cidrBits;
  if (!(count >= 1 && count <= 256) || count * size > 2 ** (32 - Number(length))) {
    const problem = `${count} blocks with ${cidrBits} host bits do not fit into ${block}`;
    throw new AwsError('ValidationError', `Template error: Fn::Cidr: ${problem}`);
  }
  const start = Math.floor(addressNumber(base) / 2 ** (32 - Number(length))) * 2 ** (32 - Number(length));
  return Array.from({ length: count }, (_, index) => `${addressText(start + index * size)}/${32 - cidrBits}`);
}
