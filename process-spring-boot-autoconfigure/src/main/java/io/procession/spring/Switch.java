package io.procession.spring;

import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Switch of a feature: {@code procession.<feature>.enabled}. If a feature is switched
 * off, the other properties of the record with its switch are ignored. <i>Immutable.</i>
 *
 * @param enabled Whether to enable the feature.
 */
public record Switch(@DefaultValue("true") boolean enabled) {

}
