#pragma once

#include <ostream>
#include <utility>
#include <vector>

#include "migrate/run_event.h"

namespace rhumb::cli {

/// Hands every event to all: what the person sees, what is formatted, what is reported.
class Fan final : public migrate::RunObserver {
 public:
  /// They must outlive it.
  explicit Fan(std::vector<migrate::RunObserver*> observers) : observers_(std::move(observers)) {}
  void on_event(const migrate::RunEvent& event) override {
    for (migrate::RunObserver* observer : observers_) {
      observer->on_event(event);
    }
  }

 private:
  std::vector<migrate::RunObserver*> observers_;
};

/// Shows the person what a run noticed and what is no failure.
class NoticePrinter final : public migrate::RunObserver {
 public:
  explicit NoticePrinter(std::ostream& err) : err_(err) {}
  void on_event(const migrate::RunEvent& event) override {
    if (const auto* notice = std::get_if<migrate::Notice>(&event.body)) {
      err_ << notice->text << "\n" << std::flush;
    }
  }

 private:
  std::ostream& err_;
};

}  // namespace rhumb::cli
