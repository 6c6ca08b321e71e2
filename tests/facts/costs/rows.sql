INSERT INTO customers SELECT i, 'e' || i, 'n', 'eu', i FROM generate_series(1, 20) i;
INSERT INTO products SELECT i, 't' FROM generate_series(1, 20) i;
INSERT INTO orders (id, customer_id, product_id, note, code, quantity, price, discount, at, seen,
    short_at, data, body, address, flags, letter, filled, proven, tags, token, day, time_of_day,
    span, big, small, ratio)
SELECT i, i, i, 'note', 'code', i, 1.5, 2, now(), now(), now(), '1', '1', '10.0.0.0/8', B'1', 'ab',
    'f' || i, 'p', '{a}', '00000000-0000-0000-0000-000000000000', '2024-01-01', '10:00', '1 day',
    i, i, 1
FROM generate_series(1, 20) i;
INSERT INTO plain SELECT i, 'l', 1, 'w' FROM generate_series(1, 20) i;
INSERT INTO loose SELECT i, 'l' FROM generate_series(1, 20) i;
INSERT INTO order_items SELECT i, i, i FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2023-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO events SELECT i, '2024-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO events_2025 SELECT i, '2025-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO events_2026 SELECT i, '2026-05-05', 'n' FROM generate_series(1, 20) i;
INSERT INTO logs SELECT i, 'a' FROM generate_series(1, 20) i;
INSERT INTO logs SELECT i, 'z' FROM generate_series(1, 20) i;
INSERT INTO logs_b SELECT i, 'b' FROM generate_series(1, 20) i;
INSERT INTO keyed SELECT i, 'a', i FROM generate_series(1, 20) i;
INSERT INTO keyed_b SELECT i, 'b', i FROM generate_series(1, 20) i;
INSERT INTO animals SELECT i, 'a' FROM generate_series(1, 20) i;
INSERT INTO cats SELECT i, 'c', 9 FROM generate_series(1, 20) i;
INSERT INTO moods SELECT i, 'good', i, 'w' FROM generate_series(1, 20) i;
INSERT INTO cache SELECT i, 'b' FROM generate_series(1, 20) i;
REFRESH MATERIALIZED VIEW totals;
