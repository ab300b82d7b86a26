-- Removes messages that have become targets, or dead letters.
-- KEYS: where they are. ARGV: the messages.
for i = 1, #ARGV do redis.call('LREM', KEYS[1], 1, ARGV[i]) end
return 0
