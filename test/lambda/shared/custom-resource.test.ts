import fc from 'fast-check';
import { exchange } from '../../../common/http';
import {
  addresseeOf,
  deliver,
  putResponse,
  responseBody,
  type CustomResourceEvent,
} from '../../../lambda/shared/custom-resource';

jest.mock('../../../common/http', () => ({ exchange: jest.fn() }));
const request = jest.mocked(exchange);

const event: CustomResourceEvent = {
  RequestType: 'Create',
  ResponseURL: 'https://bucket.s3.amazonaws.com/key?sig=1',
  StackId: 'arn:aws:cloudformation:us-east-1:111111111111:stack/Greenlight/1',
  RequestId: 'request-1',
  LogicalResourceId: 'Release',
  ResourceProperties: {},
};

test('the physical id is made once and kept', () => {
  const made = addresseeOf(event).physicalResourceId;
  expect(made).toMatch(/^Release-[0-9a-f]{12}$/);
  expect(addresseeOf(event).physicalResourceId).toBe(made);
  expect(addresseeOf({ ...event, RequestType: 'Update', PhysicalResourceId: 'older' }).physicalResourceId).toBe(
    'older',
  );
});

test('the response copies what CloudFormation asks for', () => {
  expect(JSON.parse(responseBody(addresseeOf(event), { status: 'FAILED', reason: 'why' }))).toEqual({
    Status: 'FAILED',
    Reason: 'why',
    PhysicalResourceId: addresseeOf(event).physicalResourceId,
    StackId: event.StackId,
    RequestId: 'request-1',
    LogicalResourceId: 'Release',
  });
});

test('never exceeds 4096 bytes, whatever the reason', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 3_000 }), fc.nat(2_000), (reason, repeat) => {
      const body = responseBody(addresseeOf(event), { status: 'FAILED', reason: reason + '\u0000😀é'.repeat(repeat) });
      expect(Buffer.byteLength(body)).toBeLessThanOrEqual(4_096);
      expect((JSON.parse(body) as { Reason: string }).Reason.length).toBeLessThanOrEqual(1_000);
    }),
  );
});

describe('the response to CloudFormation', () => {
  const url = event.ResponseURL;
  const took = (status: number) => request.mockResolvedValue({ status } as Awaited<ReturnType<typeof exchange>>);

  test('is put with no content type, which the URL is signed for, within ten seconds', async () => {
    took(200);
    await putResponse(url, 'body');
    const headers = { 'content-type': '' };
    expect(request.mock.calls).toEqual([
      [{ method: 'PUT', url: new URL(url), headers, body: 'body', timeoutMs: 10_000 }],
    ]);
  });

  test.each([
    [199, false],
    [200, true],
    [299, true],
    [300, false],
    [403, false],
  ])('status %i: taken %s', async (status, taken) => {
    took(status);
    const put = putResponse(url, 'body');
    await (taken
      ? expect(put).resolves.toBeUndefined()
      : expect(put).rejects.toThrow(`CloudFormation did not take the response: ${status}`));
  });

  test('is put again for a minute, then the last error is thrown', async () => {
    jest.useFakeTimers();
    jest.spyOn(process.stderr, 'write').mockReturnValue(true);
    jest.spyOn(process.stdout, 'write').mockReturnValue(true);
    try {
      const startMs = Date.now();
      const attempts: number[] = [];
      const put = () => {
        attempts.push(Date.now() - startMs);
        return Promise.reject(new Error(`attempt ${attempts.length}`));
      };
      const delivery = deliver(addresseeOf(event), { status: 'FAILED', reason: 'why' }, put).catch(
        (error: Error) => error.message,
      );
      await jest.advanceTimersByTimeAsync(90_000);
      expect(await delivery).toBe(`attempt ${attempts.length}`);
      const lastMs = attempts.at(-1) ?? 0;
      expect(lastMs).toBeGreaterThan(30_000);
      expect(lastMs).toBeLessThanOrEqual(60_000);
    } finally {
      jest.useRealTimers();
      jest.restoreAllMocks();
    }
  });
});
