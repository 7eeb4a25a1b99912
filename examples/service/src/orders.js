// Orders in memory: the last thousand are kept.
const KEPT_MAX = 1000;

/** Every rule that the order breaks, empty when it is fine. */
export function validateOrder(order) {
  if (order === null || typeof order !== 'object' || Array.isArray(order)) return ['order: expected a JSON object'];
  const problems = [];
  const { item, quantity } = order;
  if (typeof item !== 'string' || item.trim() === '' || item.length > 100) {
    problems.push('item: expected text of 1 to 100 characters');
  }
  if (!Number.isInteger(quantity) || quantity < 1 || quantity > 1000) {
    problems.push('quantity: expected a whole number from 1 to 1000');
  }
  return problems;
}

export function createOrders() {
  const orders = new Map([['1', { id: '1', item: 'tea', quantity: 2 }]]);
  let lastId = 1;
  return {
    list: () => [...orders.values()],
    find: (id) => orders.get(id),
    create({ item, quantity }) {
      const id = String(++lastId);
      const order = { id, item, quantity };
      orders.set(id, order);
      if (orders.size > KEPT_MAX) orders.delete(orders.keys().next().value);
      return order;
    },
  };
}
