#include "migrate/run_stream.h"

#include <utility>

namespace rhumb::migrate {

RunStream::RunStream(std::string run_id,
                     sys::Clock& clock,
                     RunObserver& observer,
                     RunTextRenderer& texts)
    : run_id_(std::move(run_id)), clock_(clock), observer_(observer), texts_(texts) {}

RunStream::Time RunStream::emit(RunEventBody body) {
  const RunEvent event{
      .run_id = run_id_, .target = target_, .time = clock_.now(), .body = std::move(body)};
  observer_.on_event(event);
  return event.time;
}

RunStream::Time RunStream::now() {
  return clock_.now();
}

}  // namespace rhumb::migrate
