import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CFN_RESPONSE, isPython } from './python';

/** As in the Python module, but with a callback of old handlers where the context has one. */
const CFN_RESPONSE_JS = `
const https = require('node:https');
exports.SUCCESS = 'SUCCESS';
exports.FAILED = 'FAILED';
exports.send = (event, context, Status, Data, PhysicalResourceId, NoEcho) => {
  const { StackId, RequestId, LogicalResourceId } = event;
  const body = JSON.stringify({
    Status,
    Reason: 'See the details in CloudWatch Log Stream: ' + context.logStreamName,
    PhysicalResourceId: PhysicalResourceId || context.logStreamName,
    StackId,
    RequestId,
    LogicalResourceId,
    NoEcho: NoEcho || false,
    Data,
  });
  const headers = { 'content-type': '', 'content-length': Buffer.byteLength(body) };
  const request = https.request(event.ResponseURL, { method: 'PUT', headers }, (response) => {
    response.resume();
    if (context.done) context.done();
  });
  request.end(body);
};
`;

/**
 * Writes code of the template, whose file is named `index`, and next to it the module for custom resources that AWS gives to
 * such code. https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cfn-lambda-function-code-cfnresponsemodule.html
 */
export function writeInlineCode(directory: string, runtime: string, code: Buffer): void {
  if (isPython(runtime)) {
    writeFileSync(join(directory, 'index.py'), code);
    writeFileSync(join(directory, 'cfnresponse.py'), CFN_RESPONSE);
    return;
  }
  writeFileSync(join(directory, 'index.js'), code);
  mkdirSync(join(directory, 'node_modules'), { recursive: true });
  writeFileSync(join(directory, 'node_modules', 'cfn-response.js'), CFN_RESPONSE_JS);
}
