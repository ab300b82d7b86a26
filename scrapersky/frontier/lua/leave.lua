-- A worker's goodbye.
-- KEYS: stream, later, meta, workers, the lock of who fills. ARGV: job, worker, 1 if the job is done.
local stream, later, meta, workers, filling = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local worker = ARGV[2]
redis.call('HDEL', workers, worker)
if redis.call('HEXISTS', meta, 'epoch') == 0 then return 0 end
-- To delete a consumer deletes its pending entries with it.
if #redis.call('XPENDING', stream, GROUP, '-', '+', 1, worker) == 0 then
  redis.call('XGROUP', 'DELCONSUMER', stream, GROUP, worker)
end
if ARGV[3] == '1' and #redis.call('XINFO', 'CONSUMERS', stream, GROUP) == 0 then
  redis.call('DEL', stream, later, meta, workers, filling)
end
return 0
