/** A shopping cart. Prices are whole cents. */
export function createCart() {
  return { lines: [] };
}

/** Adds a quantity of an item; a second call for the same item raises its quantity. */
export function addItem(cart, sku, priceCents, quantity = 1) {
  const line = cart.lines.find((candidate) => candidate.sku === sku);
  if (line) line.quantity += quantity;
  else cart.lines.push({ sku, priceCents, quantity });
}

/** Removes an item with all its quantity. */
export function removeItem(cart, sku) {
  const index = cart.lines.findIndex((line) => line.sku === sku);
  cart.lines.splice(index, 1);
}

/** The sum of all lines in cents. */
export function totalCents(cart) {
  return cart.lines.reduce((sum, line) => sum + line.priceCents * line.quantity, 0);
}
