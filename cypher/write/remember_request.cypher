CREATE (:Request {key: $key, digest: $digest, status: $status, entity: $entity, id: $id, version: $version, at: $at})
