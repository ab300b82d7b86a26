-- Takes the lock of who fills, and says how things stand: what was known before may be old.
-- KEYS: stream, meta, the lock. ARGV: the lock's token, its length in ms.
-- Returns: 1 or 0, epoch, how many wait, cursor.
local stream, meta, filling = KEYS[1], KEYS[2], KEYS[3]
local known = redis.call('HMGET', meta, 'epoch', 'cursor')
-- Ours it may be from a call whose answer was lost.
local is_ours = redis.call('SET', filling, ARGV[1], 'NX', 'PX', ARGV[2])
  or redis.call('GET', filling) == ARGV[1]
if not is_ours or not known[1] then return {0, '', 0, ''} end
return {1, known[1], waiting_in(stream), known[2] or ''}
