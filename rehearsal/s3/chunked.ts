import { AwsError } from '../service';

/**
 * Takes the content out of the aws-chunked framing: `<hex size>[;chunk-signature=...]\r\n<bytes>\r\n`, ended by a chunk
 * of size 0 and trailing headers.
 * https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming-trailers.html
 * @throws AwsError IncompleteBody
 */
export function decodeChunks(framed: Buffer): Buffer {
  const chunks: Buffer[] = [];
  for (let offset = 0; ;) {
    const lineEnd = framed.indexOf('\r\n', offset);
    const size = lineEnd < 0 ? NaN : parseInt(framed.toString('latin1', offset, lineEnd), 16);
    const start = lineEnd + 2;
    if (!Number.isInteger(size) || start + size > framed.length) {
      throw new AwsError('IncompleteBody', 'The request body terminated unexpectedly');
    }
    if (size === 0) return Buffer.concat(chunks);
    chunks.push(framed.subarray(start, start + size));
    offset = start + size + 2;
  }
}
