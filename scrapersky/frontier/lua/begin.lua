-- Marks the leases that a worker begins: only those are blamed when it dies.
-- KEYS: stream, meta. ARGV: job, worker, entries.
-- Returns how many are the worker's.
local stream, meta, worker = KEYS[1], KEYS[2], ARGV[2]
if redis.call('HEXISTS', meta, 'epoch') == 0 then return 0 end
local own = {}
for _, id in ipairs(split(ARGV[3])) do
  if is_leased_by(stream, id, worker) then own[#own + 1] = id end
end
claim(stream, worker, own, 'RETRYCOUNT', BEGUN)
return #own
