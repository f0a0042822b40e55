package io.procession.lang;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Indicates that the results of the methods of a type must not be ignored, because the
 * type is immutable and its methods return a changed copy. Error Prone and SpotBugs
 * report calls that ignore the result; they recognize the annotation by its simple name.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.CLASS)
public @interface CheckReturnValue {

}
