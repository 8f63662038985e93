INSERT INTO parent VALUES (1, 'a', 'x');
INSERT INTO child (id, parent_id, wide, checked, proved, at, small)
VALUES (1, 1, 1, 1, 1, now(), 1);
INSERT INTO loose VALUES (1, 'b', 1);
INSERT INTO log VALUES ('2024-05-05', 'x');
INSERT INTO typed (id, short, number) VALUES (1, '1', 1);
INSERT INTO held (id, quantity, price, label, low, high, code) VALUES (1, 1, 1, 'x', 1, 2, 'x');
INSERT INTO held_part VALUES ('x', 1);
INSERT INTO tree VALUES (1, 1);
INSERT INTO pairs VALUES (1, 1);
INSERT INTO pair_user VALUES (1, 1);
INSERT INTO numbered (name) VALUES ('x');
INSERT INTO nullable VALUES (1, 1, 'x');
INSERT INTO cat VALUES (1, 'x', 9);
INSERT INTO event VALUES (1, 1, '2024-05-05', 1, 'x'), (1, 2, '2024-05-05', 1, 'x');
INSERT INTO event_user VALUES (1, 1, '2024-05-05');
INSERT INTO other.place VALUES (1, 1);
INSERT INTO called (n) VALUES (1);
REFRESH MATERIALIZED VIEW summary;
