package io.procession.spring.metrics;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.NestedConfigurationProperty;
import org.springframework.boot.context.properties.bind.DefaultValue;

import io.procession.spring.Switch;

/**
 * Configuration properties of the meters of processes. <i>Immutable.</i>
 *
 * @param metrics Switch of the meters.
 */
@ConfigurationProperties("procession")
record MetricsProperties(@NestedConfigurationProperty @DefaultValue Switch metrics) {

}
