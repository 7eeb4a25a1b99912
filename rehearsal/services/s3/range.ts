import { AwsError } from '../../core/service';

export interface Range {
  /** The first and the last byte. */
  readonly from: number;
  readonly to: number;
}

/**
 * One range of bytes: S3 takes no more, and gives the whole object where the header is none.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, https://www.rfc-editor.org/rfc/rfc9110#name-range
 * @throws AwsError InvalidRange, 416
 */
export function rangeOf(header: string | undefined, length: number): Range | undefined {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(header ?? '') ?? [];
  if (first === '' && last === '') return undefined;
  const from = first === '' ? Math.max(0, length - Number(last)) : Number(first);
  const to = first === '' || last === '' ? length - 1 : Math.min(Number(last), length - 1);
  if (first !== '' && last !== '' && Number(last) < from) return undefined;
  if (from > to) throw new AwsError('InvalidRange', 'The requested range is not satisfiable', 416);
  return { from, to };
}
