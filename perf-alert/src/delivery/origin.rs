//! What tells the alerts of this process from those of another one.

use crate::alert::{Alert, Labels};
use crate::host;
use crate::notification::Notification;
use std::sync::Arc;

/// What Prometheus calls it.
const INSTANCE: &str = "instance";

/// Labels of every alert that is told from here. Each handler's thread gives them, so that whoever sends does not.
pub(super) struct Origin(Labels);

impl Origin {
    /// These, and the name of the machine unless they have an instance. What is empty is as good as absent, and so is
    /// what every alert has of its own.
    pub(super) fn new(mut labels: Labels) -> Self {
        if !labels.contains_key(INSTANCE)
            && let Some(host) = host::name()
        {
            labels.insert(INSTANCE.to_owned(), host);
        }
        labels.retain(|name, value| !value.is_empty() && name != "severity" && name != "alertname");
        Origin(labels)
    }

    /// Gives them to all its alerts. What an alert says itself it goes on to say.
    pub(super) fn label(&self, notification: &mut Arc<Notification>) {
        if !self.0.is_empty() {
            let alerts = &mut Arc::make_mut(notification).alerts;
            alerts.iter_mut().for_each(|alert| self.label_alert(alert));
        }
    }

    pub(super) fn get(&self, label: &str) -> Option<&String> {
        self.0.get(label)
    }

    pub(super) fn label_alert(&self, alert: &mut Alert) {
        for (name, value) in &self.0 {
            if !alert.labels.contains_key(name) {
                alert.labels.insert(name.clone(), value.clone());
            }
        }
    }
}
