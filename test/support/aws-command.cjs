#!/usr/bin/env node
// `aws` for machines without AWS's CLI: the operations that the docs use, with the CLI's own names, by AWS's SDK for
// JavaScript. An option that the operation does not have is an error, as the CLI says it is.
const services = { deploy: 'client-codedeploy', logs: 'client-cloudwatch-logs' };

const camel = (name, first) => name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase()).replace(/^\w/, first);

function optionsOf(words, members) {
  const input = {};
  for (let index = 0; index < words.length; index++) {
    const off = words[index].startsWith('--no-');
    const name = camel(words[index].replace(/^--(no-)?/, ''), (letter) => letter.toLowerCase());
    if (!words[index].startsWith('--') || !members.includes(name)) throw new Error(`Unknown options: ${words[index]}`);
    const isFlag = off || index + 1 === words.length || words[index + 1].startsWith('--');
    input[name] = isFlag ? !off : words[++index];
  }
  return input;
}

async function main([service = '', command = '', ...words]) {
  const client = services[service];
  if (!client) throw new Error(`argument command: invalid choice: '${service}'`);
  const sdk = require(`@aws-sdk/${client}`);
  const operation = camel(command, (letter) => letter.toUpperCase());
  const schema = sdk[`${operation}$`];
  if (!schema) throw new Error(`argument operation: invalid choice: '${command}'`);
  const input = optionsOf(words, schema[4]()[4]);
  const Client = Object.values(sdk).find((value) => /^[A-Z]\w+Client$/.test(value?.name ?? ''));
  const output = await new Client({}).send(new sdk[`${operation}Command`](input));
  delete output.$metadata;
  if (Object.keys(output).length > 0) console.log(JSON.stringify(output, null, 4));
}

main(process.argv.slice(2)).catch((error) => {
  console.error(`aws: ${error.message}`);
  process.exitCode = 255;
});
