import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addItem, createCart, removeItem, totalCents } from '../src/cart.js';

test('the same item twice is one line with a higher quantity', () => {
  const cart = createCart();
  addItem(cart, 'tea', 450);
  addItem(cart, 'tea', 450, 2);
  assert.deepEqual(cart.lines, [{ sku: 'tea', priceCents: 450, quantity: 3 }]);
});

test('the total is price times quantity over all lines', () => {
  const cart = createCart();
  addItem(cart, 'tea', 450, 2);
  addItem(cart, 'mug', 1200);
  assert.equal(totalCents(cart), 2100);
});

test('a removed item is gone', () => {
  const cart = createCart();
  addItem(cart, 'tea', 450);
  addItem(cart, 'mug', 1200);
  removeItem(cart, 'tea');
  assert.equal(totalCents(cart), 1200);
});

test('removing an item that is not in the cart changes nothing', () => {
  const cart = createCart();
  addItem(cart, 'tea', 450);
  addItem(cart, 'mug', 1200);
  removeItem(cart, 'kettle');
  assert.equal(totalCents(cart), 1650);
});
