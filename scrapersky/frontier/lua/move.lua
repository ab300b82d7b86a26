-- Moves messages, the oldest first, behind those that are being moved.
-- KEYS: from, to. ARGV: how many may be there.
for _ = redis.call('LLEN', KEYS[2]) + 1, tonumber(ARGV[1]) do
  if not redis.call('LMOVE', KEYS[1], KEYS[2], 'RIGHT', 'RIGHT') then break end
end
return 0
